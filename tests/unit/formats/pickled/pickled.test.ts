/** Pickles of NumPy's arrays: every array as Python reads it, patched where its bytes are plain, and whatever happens to the file. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpickleFile } from '../../../../src/formats/pickled/unpickleFile';
import { plainHost } from '../../../../src/formats/pytorch/host';
import type { PlacedBytes } from '../../../../src/formats/pytorch/pickle/values';
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

const expected =
  goldenJson<Record<string, Record<string, { shape: number[]; sha256: string }>>>('pickled/expected.json');
const names = Object.keys(expected).filter((name) => name !== 'text.pkl');
const filesOf = (name: string) => goldenFiles(`pickled/${name}`);

describe.each(names)('%s', (name) => {
  it('holds the arrays that Python reads, byte for byte', async () => {
    const opened = await openFiles(filesOf(name));
    const ours = new Map<string, unknown>();
    for (const tensor of opened.checkpoint.tensors) {
      const path = tensor.container === '' ? tensor.name : `${tensor.container}.${tensor.name}`;
      ours.set(path, { shape: tensor.shape, sha256: await digestOf(opened, tensor) });
    }
    const theirs = Object.entries(expected[name]!).map(([key, { shape, sha256 }]) => [key, { shape, sha256 }] as const);
    expect(ours).toEqual(new Map(theirs));
    expect(opened.notes).toEqual([]);
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
      { numRuns: 200 },
    );
  });

  it('cut short is refused', async () => {
    const whole = filesOf(name).get(name)!;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 600, max: whole.length - 1 }), async (length) => {
        expect(await refusalOf(new Map([[name, whole.slice(0, length)]]))).toMatchObject({ code: 'malformed-file' });
      }),
      { numRuns: 50 },
    );
  });
});

const words = async (name: string) =>
  (await openFiles(filesOf(name))).checkpoint.tensors.map(
    ({ name: each, kind, axes }) => `${each}: ${kind}${axes ? ` ${axes.outputs}/${axes.inputs}` : ''}`,
  );

it('knows that PaddlePaddle’s linear layers are (inputs, outputs), and its statistics', async () => {
  const all = await words('net.pdparams');
  expect(all).toEqual(
    expect.arrayContaining([
      'conv.weight: conv 0/1',
      'fc.weight: linear 1/0',
      'bn.weight: norm',
      'bn._mean: buffer',
      'bn._variance: buffer',
    ]),
  );
});

it('knows the blobs of Caffe2', async () => {
  expect(await words('python2.pkl')).toEqual([
    'conv1_w: conv 0/1',
    'conv1_b: bias',
    'conv1_w_momentum: optimizer',
    'fc6_w: linear 0/1',
    'fc6_b: bias',
  ]);
});

it('shows arrays that are pickled as text, and leaves them as they are', async () => {
  const { checkpoint } = await openFiles(filesOf('text.pkl'));
  expect(checkpoint.tensors.map(({ shape }) => shape)).toContainEqual([8, 3, 7, 7]);
  expect(checkpoint.readOnly).toMatch(/pickled as text \(protocol 2 of Python 3\)/);
});

it('refuses a pickle of integers alone', async () => {
  const file = filesOf('protocol3.pkl').get('protocol3.pkl')!;
  // Every type that is floating becomes an integer of its width.
  const text = new TextDecoder('latin1')
    .decode(file)
    .replace(/f([248])q/g, 'i$1q')
    .replace('bfloat16', 'bfloat17');
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  expect(await refusalOf(new Map([['batch.pkl', bytes]]))).toMatchObject({
    code: 'unrecognised-file',
    message: 'This is a Python pickle without an array of floating-point numbers.',
  });
});

it('passes over bytes of any length, however small its windows are', async () => {
  // A list of a text of a megabyte, two gigabytes of bytes that are never read, and a name.
  const long = 3 * 2 ** 20;
  const head = Uint8Array.from([0x80, 4, 0x5d, 0x28, 0x58, 0, 0, 0x30, 0]);
  const bytesAt = head.length + long;
  const size = 2 ** 31;
  const skip = Uint8Array.from([0x42, 0, 0, 0, 0x80]);
  const end = Uint8Array.from([0x8c, 1, 0x61, 0x65, 0x2e]);
  const parts: [number, Uint8Array][] = [
    [0, head],
    [bytesAt, skip],
    [bytesAt + skip.length + size, end],
  ];
  const source = {
    size: bytesAt + skip.length + size + end.length,
    async read(offset: number, length: number) {
      expect(length).toBeLessThan(2 ** 24);
      const bytes = new Uint8Array(length).fill(0x61);
      for (const [start, part] of parts) {
        for (let i = 0; i < part.length; i++) {
          const at = start + i - offset;
          if (at >= 0 && at < length) bytes[at] = part[i]!;
        }
      }
      return bytes;
    },
  };
  const { value } = await unpickleFile(source, plainHost, {});
  const [text, bytes, name] = value as [PlacedBytes, PlacedBytes, string];
  expect([text.length, bytes.length, bytes.offset, name]).toEqual([long, size, bytesAt + skip.length, 'a']);
});

it('reads any pickle to its end, or says one thing that is wrong', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      const whole = Uint8Array.from([0x80, 2, ...bytes, 0x2e]);
      const read = await unpickleFile(memorySource(whole), plainHost, {}).catch((error: unknown) => error);
      if (!(read instanceof CheckpointError)) expect(read).toHaveProperty('value');
    }),
    { numRuns: 2000 },
  );
});
