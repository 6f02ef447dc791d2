/** Models that people trained and published (see SECATEUR_MODELS): what was found in them with the onnx library. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../../src/formats/registry';
import { memorySource } from '../../../../src/lib/source';
import type { LayerKind } from '../../../../src/tensors/tensor';
import { oneFile } from '../../../support/oneFile';
import { countRealModels, realModels } from '../../../support/realFiles';

interface Row {
  readonly path: string;
  readonly tensors: number;
  readonly kinds: Partial<Record<LayerKind, number>>;
}

const rows: readonly Row[] = [
  { path: join(realModels, 'mnist-cnn.onnx'), tensors: 8, kinds: { conv: 2, linear: 1, bias: 3, integer: 2 } },
  {
    path: join(realModels, 'ultraface-rfb-320.onnx'),
    tensors: 275,
    // 35 biases of batch normalisations, 17 of convolutions.
    kinds: { conv: 52, norm: 35, buffer: 70, bias: 52, integer: 59, parameter: 7 },
  },
  {
    path: join(realModels, 'ultraface-rfb-320-no-postprocessing.onnx'),
    tensors: 268,
    kinds: { conv: 52, norm: 35, buffer: 70, bias: 52 },
  },
];

countRealModels(/\.onnx$/);

describe.each(rows)('$path', ({ path, tensors, kinds }) => {
  it.skipIf(!existsSync(path))('lists what the onnx library finds, and knows every layer by its operator', async () => {
    const checkpoint = await openCheckpoint(...oneFile(memorySource(new Uint8Array(readFileSync(path))), path));
    expect(checkpoint).toMatchObject({ format: 'ONNX', notes: [], checksums: [] });
    expect(checkpoint.readOnly).toBeUndefined();
    expect(checkpoint.tensors).toHaveLength(tensors);
    const count = (kind: LayerKind) => checkpoint.tensors.filter((tensor) => tensor.kind === kind).length;
    expect(Object.fromEntries(Object.keys(kinds).map((kind) => [kind, count(kind as LayerKind)]))).toEqual(kinds);
    for (const { name, kind, axes, because, shape, readOnly } of checkpoint.tensors) {
      if (kind !== 'conv') continue;
      expect({ name, rank: shape.length, axes, because, readOnly }).toEqual({
        name,
        rank: 4,
        axes: { outputs: [0], inputs: [1] },
        because: 'used by Conv',
        readOnly: undefined,
      });
    }
  });
});

describe('mnist-cnn.onnx', () => {
  const path = join(realModels, 'mnist-cnn.onnx');

  it.skipIf(!existsSync(path))('has a linear layer whose weights are reshaped on their way', async () => {
    const { tensors } = await openCheckpoint(...oneFile(memorySource(new Uint8Array(readFileSync(path))), path));
    expect(tensors.find(({ kind }) => kind === 'linear')).toMatchObject({
      shape: [16, 4, 4, 10],
      axes: { outputs: [3], inputs: [0, 1, 2] },
      because: 'used by MatMul',
    });
  });
});
