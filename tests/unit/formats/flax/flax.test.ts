/** Checkpoints of Flax: every array as Flax restores it, kinds of a training state's parts, and whatever happens to their bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arraysIn } from '../../../../src/formats/flax/walk';
import { CheckpointError } from '../../../../src/lib/errors';
import { memorySource } from '../../../../src/lib/source';
import {
  asFiles,
  digestOf,
  goldenFiles,
  goldenJson,
  type Opened,
  openFiles,
  outside,
  refusalOf,
} from '../foreignFiles';
import { pruned } from '../pruned';

const expected = goldenJson<Record<string, Record<string, { shape: number[]; sha256: string }>>>('flax/expected.json');
const filesOf = (name: string) => goldenFiles(`flax/${name}`);

describe.each(Object.keys(expected))('%s', (name) => {
  it('holds the arrays that Flax restores, byte for byte', async () => {
    const opened = await openFiles(filesOf(name));
    expect(opened.checkpoint.format).toBe('Flax');
    const ours = new Map<string, unknown>();
    for (const tensor of opened.checkpoint.tensors) {
      const path =
        tensor.container === ''
          ? tensor.name
          : `${tensor.container}/${tensor.name.replace(`${tensor.container}.`, '')}`;
      ours.set(path, { shape: tensor.shape, sha256: await digestOf(opened, tensor) });
    }
    const theirs = Object.entries(expected[name]!).map(([key, { shape, sha256 }]) => [key, { shape, sha256 }] as const);
    expect(ours).toEqual(new Map(theirs));
  });

  it('is pruned in place, and is as long as before', async () => {
    const files = filesOf(name);
    const { report } = await pruned(asFiles(files));
    expect(report.zeros).toBeGreaterThan(0);
    expect(report.files[0]!.file!.size).toBe(files.get(name)!.length);
  });

  it('with changed bytes is refused, or lies within the file', async () => {
    const whole = filesOf(name).get(name)!;
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, value } of changes) bytes[at] = value;
        const opened = await openFiles(new Map([[name, bytes]])).catch((error: unknown) => error);
        if (opened instanceof CheckpointError) return;
        expect(outside(opened as Opened)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('cut short is refused', async () => {
    const whole = filesOf(name).get(name)!;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: whole.length - 1 }), async (length) => {
        expect(await refusalOf(new Map([[name, whole.slice(0, length)]]))).toMatchObject({ code: 'malformed-file' });
      }),
      { numRuns: 50 },
    );
  });
});

const words = async (name: string) =>
  (await pruned(asFiles(filesOf(name)))).opened.layers.map(
    ({ container, name: each, kind, axes }) =>
      `${container} ${each}: ${kind}${axes ? ` ${axes.outputs}/${axes.inputs}` : ''}`,
  );

it('knows layers by the names that Flax gives them', async () => {
  expect(await words('variables.msgpack')).toEqual(
    expect.arrayContaining([
      'params Conv_0/kernel: conv 3/2',
      'params ConvTranspose_0/kernel: conv 3/2',
      'params Dense_0/kernel: linear 1/0',
      'params Embed_0/embedding: embedding 0/1',
      'params MultiHeadDotProductAttention_0/query/kernel: linear 1,2/0',
      'params MultiHeadDotProductAttention_0/out/kernel: linear 2/0,1',
      'params LayerNorm_0/scale: norm',
      'batch_stats BatchNorm_0/mean: buffer',
    ]),
  );
});

it('leaves the optimizer of a training state alone', async () => {
  const all = await words('state.msgpack');
  expect(all).toContain('params Dense_0/kernel: linear 1/0');
  expect(all.filter((each) => each.startsWith('opt_state')).every((each) => / (optimizer|integer)$/.test(each))).toBe(
    true,
  );
});

it('reads arrays in chunks as one array', async () => {
  const { checkpoint } = await openFiles(filesOf('chunked.msgpack'));
  const kernel = checkpoint.tensors.find(({ name }) => name.endsWith('kernel'))!;
  expect(checkpoint.storages[kernel.storage]!.segments.length).toBe(2);
  expect(kernel.shape).toEqual([16, 6]);
});

describe('MessagePack', () => {
  const read = (...bytes: number[]) => arraysIn(memorySource(Uint8Array.from(bytes)), {});

  it('of anything ends, with arrays or one error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        const found = await read(...bytes).catch((error: unknown) => error);
        expect(Array.isArray(found) || found instanceof CheckpointError).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('that has a name twice in one map is refused', async () => {
    await expect(read(0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2)).rejects.toThrow(/"a" stands twice/);
  });

  it('that nests without end is refused', async () => {
    await expect(read(...new Array<number>(2000).fill(0x91), 0)).rejects.toThrow(/more than 1000 levels/);
  });

  it('that says it has more entries than bytes are left is refused', async () => {
    await expect(read(0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61, 1)).rejects.toThrow(/4294967295 entries/);
  });
});
