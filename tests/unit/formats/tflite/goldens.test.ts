/** Models of TensorFlow's converter: the constants that its interpreter has, with kinds and axes by the operators. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../../src/formats/registry';
import { memorySource } from '../../../../src/lib/source';
import { oneFile } from '../../../support/oneFile';
import { countRealModels, realModels } from '../../../support/realFiles';
import { expected, goldenBytes, openBytes } from './files';

describe.each(Object.keys(expected))('%s', (name) => {
  const bytes = goldenBytes(name);

  it('holds the constants that the interpreter has, byte for byte', async () => {
    const { tensors, storages, encoded = [] } = await openCheckpoint(...oneFile(memorySource(bytes), name));
    const ours = tensors.map((tensor) => {
      const [segment] = storages[tensor.storage]!.segments;
      const codes = encoded.find(({ addresses }) => addresses.start === segment!.start);
      const { start, end } = codes ? codes.segments[0]! : segment!;
      const sha256 = createHash('sha256').update(bytes.subarray(start, end)).digest('hex');
      return { name: tensor.name, shape: tensor.shape, sha256 };
    });
    expect(ours).toEqual(expected[name]!.map(({ dtype, ...each }) => each));
  });

  it('knows every layer by its operator', async () => {
    const { tensors } = await openBytes(bytes);
    const weights = tensors.filter(({ kind }) => kind === 'conv' || kind === 'linear');
    const words = weights.map(
      ({ because, shape, axes }) => `${because} [${shape.join(', ')}] ${axes!.outputs}/${axes!.inputs}`,
    );
    expect(words.sort()).toEqual([
      'used by CONV_2D [8, 3, 3, 3] 0/3',
      'used by DEPTHWISE_CONV_2D [1, 3, 3, 8] 3/0',
      expect.stringMatching(/^used by FULLY_CONNECTED \[10, 16\] 0\/1$/),
      expect.stringMatching(/^used by FULLY_CONNECTED \[16, 256\] 0\/1$/),
      'used by TRANSPOSE_CONV [4, 2, 2, 8] 0/3',
    ]);
    expect(weights.map(({ readOnly }) => readOnly)).toEqual(weights.map(() => undefined));
  });
});

it('reads bytes with their scales as what they stand for', async () => {
  const { tensors, encoded, notes } = await openBytes(goldenBytes('int8.tflite'));
  const conv = tensors.find(({ because }) => because === 'used by CONV_2D')!;
  expect(conv).toMatchObject({ dtype: 'F32', stored: { label: 'int8', bytes: 216 } });
  const { coding } = encoded!.find(({ addresses }) => addresses.end - addresses.start === 216 * 4) as {
    coding: { scales: Float32Array; inChannel: number };
  };
  expect([coding.scales.length, coding.inChannel]).toEqual([8, 27]);
  expect(notes).toHaveLength(1);
  // Biases are 32-bit integers there, and stay.
  expect(tensors.filter(({ dtype }) => dtype === 'I32').length).toBeGreaterThan(0);
});

countRealModels(/\.tflite$/);

describe.each(['hello_world_float.tflite', 'hello_world_int8.tflite', 'keypoint_classifier.tflite'])('%s', (name) => {
  const path = join(realModels, name);

  it.skipIf(!existsSync(path))('has three linear layers that can be pruned', async () => {
    const { tensors } = await openBytes(new Uint8Array(readFileSync(path)));
    const linear = tensors.filter(({ kind, readOnly }) => kind === 'linear' && readOnly === undefined);
    expect(linear).toHaveLength(3);
  });
});
