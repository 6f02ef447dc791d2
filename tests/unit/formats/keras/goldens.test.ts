/** Files of Keras and h5py: the datasets that h5py finds, byte for byte, and what Keras' classes say of them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveExactly } from '../../../../src/engine/recipe/resolveExactly';
import { readZip } from '../../../../src/formats/zip/directory';
import { memorySource } from '../../../../src/lib/source';
import type { TensorInfo } from '../../../../src/tensors/tensor';
import { context, openFile, prunedFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';
import { countRealModels, realModels } from '../../../support/realFiles';
import { expected, goldenBytes, openBytes } from './files';

describe.each(Object.keys(expected))('%s', (name) => {
  const bytes = goldenBytes(name);

  it('holds the datasets that h5py finds, with the bytes that it reads', async () => {
    const { tensors, storages } = await openBytes(bytes, name);
    const wanted = new Map(Object.entries(expected[name]!));
    // h5py visits what has several names once; texts are no tensors.
    const found = new Map(tensors.filter((tensor) => wanted.has(tensor.name)).map((tensor) => [tensor.name, tensor]));
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [path, { shape, sha256 }] of wanted) {
      const tensor = found.get(path)!;
      expect({ path, shape: tensor.shape }).toEqual({ path, shape });
      const segments = storages[tensor.storage]?.segments;
      if (!segments) {
        expect({ path, readOnly: tensor.readOnly }).toEqual({ path, readOnly: expect.any(String) });
        continue;
      }
      const digest = createHash('sha256');
      for (const { start, end } of segments) digest.update(bytes.subarray(start, end));
      expect({ path, sha256: digest.digest('hex') }).toEqual({ path, sha256 });
    }
  });
});

const reasons = (tensors: readonly TensorInfo[]) =>
  Object.fromEntries(tensors.filter(({ readOnly }) => readOnly).map(({ name, readOnly }) => [name, readOnly]));

it('says of each dataset that cannot be changed in place why not', async () => {
  const { tensors } = await openBytes(goldenBytes('layouts.h5'));
  const filtered = (filter: string) =>
    `compressed or checked by a filter (${filter}), which cannot be changed in place`;
  expect(reasons(tensors)).toEqual({
    big: 'in the other byte order than the rest of the file',
    blocks: 'in chunks that do not follow each other in the file',
    checked: filtered('Fletcher32'),
    gzip: filtered('gzip'),
    shuffled: filtered('shuffle'),
    text: 'no numbers',
    unwritten: 'never written: the file has its fill value alone',
  });
});

it('reads the newest structures, a user block and a group of many links', async () => {
  const { tensors } = await openBytes(goldenBytes('latest.h5'));
  const names = tensors.map(({ name }) => name).filter((name) => name.startsWith('group/'));
  expect(names).toEqual(Array.from({ length: 20 }, (_, i) => `group/${String(i).padStart(2, '0')}/weight`));
});

it('lists a dataset under each of its names, as the same weights', async () => {
  const { tensors } = await openBytes(goldenBytes('layouts.h5'));
  const [plain, same] = ['plain', 'same'].map((name) => tensors.find((tensor) => tensor.name === name)!);
  expect(plain!.storage).toBe(same!.storage);
  expect(tensors.some(({ name }) => name === 'soft')).toBe(false);
});

/** Of Keras 3's numbered variables and Keras 2's named ones. */
const paths = {
  'net.keras': (layer: string, variable: number) => `layers/${layer}/vars/${variable}`,
  'net.weights.h5': (layer: string, variable: number) => `layers/${layer}/vars/${variable}`,
};

describe.each(Object.entries(paths))('%s', (name, path) => {
  it('knows kinds and axes by the classes of layers', async () => {
    const { tensors } = await openBytes(goldenBytes(name), name);
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    const known = (layer: string, variable = 0) => byName.get(path(layer, variable));
    expect(known('conv2d')).toMatchObject({ kind: 'conv', axes: { outputs: [3], inputs: [2] } });
    expect(known('conv2d_transpose')).toMatchObject({ kind: 'conv', axes: { outputs: [2], inputs: [3] } });
    expect(known('depthwise_conv2d')).toMatchObject({ kind: 'conv', axes: { outputs: [2, 3], inputs: [] } });
    expect(known('separable_conv2d', 1)).toMatchObject({ kind: 'conv', axes: { outputs: [3], inputs: [2] } });
    expect(known('dense')).toMatchObject({ kind: 'linear', axes: { outputs: [1], inputs: [0] } });
    expect(known('embedding')).toMatchObject({ kind: 'embedding' });
    expect(known('lstm/cell', 1)).toMatchObject({ kind: 'recurrent', axes: { outputs: [1], inputs: [0] } });
    expect(known('batch_normalization', 2)).toMatchObject({ kind: 'buffer' });
    expect(known('batch_normalization')).toMatchObject({ kind: 'norm' });
    expect(known('p_re_lu')).toMatchObject({ kind: 'prelu' });
    const heads = { kind: 'linear', axes: { outputs: [1, 2], inputs: [0] } };
    expect(known('multi_head_attention/query_dense')).toMatchObject(heads);
    expect(known('multi_head_attention/output_dense')).toMatchObject({ axes: { outputs: [2], inputs: [0, 1] } });
    expect(tensors.filter(({ kind }) => kind === 'optimizer').length).toBeGreaterThan(0);
    expect(tensors.some(({ kind }) => kind === 'unknown')).toBe(false);
  });
});

it('knows them in the layout of Keras 2, where layers have names of their own, by the configuration', async () => {
  const { tensors } = await openBytes(goldenBytes('net.h5'));
  const byName = new Map(tensors.map((tensor) => [tensor.name.replace('model_weights/', ''), tensor]));
  expect(byName.get('up/up/kernel')).toMatchObject({ kind: 'conv', axes: { outputs: [2], inputs: [3] } });
  expect(byName.get('first/first/kernel')).toMatchObject({ kind: 'conv', axes: { outputs: [3], inputs: [2] } });
  expect(byName.get('scores/scores/kernel')).toMatchObject({ kind: 'linear', axes: { outputs: [1], inputs: [0] } });
  const attention = 'multi_head_attention/multi_head_attention/attention_output/kernel';
  expect(byName.get(attention)).toMatchObject({ kind: 'linear', axes: { outputs: [2], inputs: [0, 1] } });
});

it('reads what Keras keeps as 16-bit integers as bf16', async () => {
  const { tensors } = await openBytes(goldenBytes('bf16.weights.h5'));
  expect(tensors.map(({ dtype }) => dtype)).toEqual(['BF16', 'BF16', 'BF16', 'BF16']);
});

it('keeps the checksum of an archive right, and everything but weights and checksum as it was', async () => {
  const original = goldenBytes('net.keras');
  const source = await openFile(new File([original], 'net.keras'), loadWasmKernels());
  const rules = [
    { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } },
  ] as const;
  const recipe = { format: 'secateur-recipe', version: 1, rules } as const;
  const { outcomes } = await resolveExactly(source.session, recipe, context);
  const pruned = new Uint8Array(await (await prunedFile(source, outcomes)).arrayBuffer());
  expect(pruned.length).toBe(original.length);
  const entry = (await readZip(memorySource(pruned), {})).find(({ name }) => name === 'model.weights.h5')!;
  const { crc32 } = await import('../../../../src/lib/crc32');
  expect(crc32(pruned.subarray(entry.range.start, entry.range.end))).toBe(entry.crc);
});

countRealModels(/\.(keras|hdf5)$/);

describe.each([
  ['student_passfail.keras', 'Keras', 2],
  ['keypoint_classifier.hdf5', 'Keras (HDF5)', 3],
])('%s', (name, format, layers) => {
  const path = join(realModels, name);

  it.skipIf(!existsSync(path))('has its dense layers', async () => {
    const opened = await openBytes(new Uint8Array(readFileSync(path)), name);
    expect(opened.format).toBe(format);
    const linear = opened.tensors.filter(({ kind, readOnly }) => kind === 'linear' && readOnly === undefined);
    expect(linear.map(({ axes }) => axes)).toEqual(Array(layers).fill({ outputs: [1], inputs: [0] }));
  });
});
