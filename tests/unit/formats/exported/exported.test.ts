/** Programs of torch.export: every tensor as torch.export.load has it, kinds by the operators, checksums that hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../../../src/formats/zip/directory';
import { crc32 } from '../../../../src/lib/crc32';
import { CheckpointError } from '../../../../src/lib/errors';
import { memorySource } from '../../../../src/lib/source';
import { asFiles, digestOf, goldenFiles, goldenJson, type Opened, openFiles, outside } from '../foreignFiles';
import { pruned } from '../pruned';

const expected =
  goldenJson<Record<string, Record<string, { shape: number[]; sha256: string }>>>('exported/expected.json');
const filesOf = (name: string) => goldenFiles(`exported/${name}`);

describe.each(Object.keys(expected))('%s', (name) => {
  it('holds the tensors that PyTorch has, byte for byte', async () => {
    const opened = await openFiles(filesOf(name));
    expect(opened.checkpoint.format).toBe('PyTorch export');
    const ours = new Map<string, unknown>();
    for (const tensor of opened.checkpoint.tensors) {
      ours.set(tensor.name, { shape: tensor.shape, sha256: await digestOf(opened, tensor) });
    }
    const theirs = Object.entries(expected[name]!).map(([key, { shape, sha256 }]) => [key, { shape, sha256 }] as const);
    expect(ours).toEqual(new Map(theirs));
  });

  it('is pruned with valid checksums in its archive', async () => {
    const { report } = await pruned(asFiles(filesOf(name)));
    expect(report.zeros).toBeGreaterThan(0);
    const source = memorySource(new Uint8Array(await report.files[0]!.file!.arrayBuffer()));
    for (const { name: record, range, crc } of await readZip(source, {})) {
      expect([record, crc32(await source.read(range.start, range.end - range.start))]).toEqual([record, crc]);
    }
  });

  it('with changed bytes is refused, or lies within the file', async () => {
    const [[fileName, whole]] = [...filesOf(name)] as [[string, Uint8Array<ArrayBuffer>]];
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, value } of changes) bytes[at] = value;
        const opened = await openFiles(new Map([[fileName, bytes]])).catch((error: unknown) => error);
        if (opened instanceof CheckpointError) return;
        expect(outside(opened as Opened)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

const words = async (name: string) =>
  (await openFiles(filesOf(name))).checkpoint.tensors.map(
    ({ name: each, kind, because, axes }) =>
      `${each}: ${kind}, ${because}${axes ? `, ${axes.outputs}/${axes.inputs}` : ''}`,
  );

it('knows layers by the operators that use them', async () => {
  expect(await words('net.pt2')).toEqual(
    expect.arrayContaining([
      'body.0.weight: conv, used by aten.conv2d, 0/1',
      'body.1.weight: norm, used by aten.batch_norm',
      'body.1.running_mean: buffer, used by aten.batch_norm',
      'body.3.weight: conv, used by aten.conv_transpose2d, 1/0',
      'head.weight: linear, used by aten.linear, 0/1',
      'lstm.weight_hh_l0: recurrent, used by aten.lstm, 0/1',
      'tied.weight: embedding, used by aten.embedding, 0/1',
      'embedding.weight: embedding, used by aten.embedding, 0/1',
    ]),
  );
});

it('follows transposed matrices in core ATen', async () => {
  expect(await words('decomposed.pt2')).toEqual(
    expect.arrayContaining([
      'first.weight: linear, used by aten.addmm, 0/1',
      'first.bias: bias, used by aten.addmm',
      'second.weight: linear, used by aten.mm, 0/1',
      'free: linear, used by aten.mm, 1/0',
    ]),
  );
});
