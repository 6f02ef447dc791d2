import { describe, expect, it } from 'vitest';
import { ScoreSources } from '../../../src/engine/passes/scoreSources';
import { layersOf, unitsOf } from '../../../src/engine/reading/units';
import { patchesFor } from '../../../src/engine/writing/patches';
import type { Checkpoint } from '../../../src/formats/format';
import { crc32 } from '../../../src/lib/crc32';
import { wholeFile } from '../../../src/lib/parts';
import { memorySource } from '../../../src/lib/source';
import { contiguousStrides, type TensorInfo } from '../../../src/tensors/tensor';
import { loadWasmKernels } from '../../support/kernels';
import { context } from './patched';

function tensor(name: string, fields: Partial<TensorInfo>): TensorInfo {
  const shape = fields.shape ?? [2];
  return {
    name,
    container: '',
    dtype: 'F32',
    shape,
    strides: contiguousStrides(shape),
    storage: 0,
    storageOffset: 0,
    kind: 'linear',
    ...fields,
  };
}

function checkpointOf(fields: Partial<Checkpoint>): Checkpoint {
  return {
    format: 'test',
    can: { script: 'torch.save' },
    parts: wholeFile({ size: 0 }, 'test'),
    tensors: [],
    storages: [],
    checksums: [],
    byteOrder: 'little',
    notes: [],
    ...fields,
  };
}

describe('units', () => {
  /** One storage of 12 floats in three segments of the file. */
  const storage = {
    byteLength: 48,
    segments: [
      { start: 100, end: 116 },
      { start: 200, end: 208 },
      { start: 300, end: 324 },
    ],
  };
  const placesOf = (tensors: readonly TensorInfo[]) => {
    const checkpoint = checkpointOf({ tensors, storages: [storage] });
    return unitsOf(checkpoint, layersOf(checkpoint)).map(({ tensor: id, byteLength, pieces }) => [
      id,
      byteLength,
      pieces.map(({ start, end }) => [start, end]),
    ]);
  };

  it('lie where their elements do, in every segment of the storage', () => {
    expect(placesOf([tensor('all', { shape: [3, 4] })])).toEqual([
      [
        0,
        48,
        [
          [100, 116],
          [200, 208],
          [300, 324],
        ],
      ],
    ]);
  });

  it('begin at their own place in a storage that others share', () => {
    const parts = [
      tensor('first', { shape: [3] }),
      tensor('second', { shape: [2], storageOffset: 3 }),
      tensor('third', { shape: [6], storageOffset: 6 }),
    ];
    expect(placesOf(parts)).toEqual([
      [0, 12, [[100, 112]]],
      [
        1,
        8,
        [
          [112, 116],
          [200, 204],
        ],
      ],
      [2, 24, [[300, 324]]],
    ]);
  });

  it('are only what can be measured: owners of f64, f32, f16 or bf16 elements', () => {
    const tensors = [
      tensor('owner', { shape: [4] }),
      tensor('tied', { shape: [4] }),
      tensor('integers', { shape: [2], storageOffset: 4, dtype: 'I32' }),
      tensor('expanded', { shape: [3], strides: [0], storageOffset: 8 }),
      tensor('empty', { shape: [0], storageOffset: 9 }),
      tensor('elsewhere', { shape: [2], storage: -1, readOnly: 'not here' }),
      tensor('state', { shape: [1], storageOffset: 10, kind: 'optimizer' }),
    ];
    expect(placesOf(tensors).map(([id]) => id)).toEqual([0]);
  });
});

describe('checksums', () => {
  it('change only where they cover what changed', async () => {
    const bytes = new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6]).buffer.slice(0));
    const file = new Uint8Array(32);
    file.set(bytes);
    const range = { start: 8, end: 16 };
    const stored = crc32(file.subarray(range.start, range.end));
    const storages = [0, 8, 16].map((start) => ({ byteLength: 8, segments: [{ start, end: start + 8 }] }));
    const tensors = storages.map((_, storage) => tensor(String(storage), { storage }));
    const checkpoint = checkpointOf({ tensors, storages, checksums: [{ range, stored, fields: [24, 28] }] });
    const layers = layersOf(checkpoint);
    const units = unitsOf(checkpoint, layers);
    const beside = new ScoreSources(new Set());
    const measurable = { source: memorySource(file), checkpoint, kernels: loadWasmKernels(), beside };
    const all = {
      kind: 'threshold',
      score: { criterion: 'magnitude' },
      threshold: 10,
      ties: Number.POSITIVE_INFINITY,
    } as const;
    const offsetsFor = async (...ids: number[]) => {
      const offsets: number[] = [];
      for await (const { offset, bytes: patch } of patchesFor(
        measurable,
        units,
        layers,
        new Map(ids.map((id) => [id, [all]])),
        context,
      )) {
        offsets.push(offset);
        if (patch.length === 4) expect(new DataView(patch.buffer).getUint32(0, true)).toBe(crc32(new Uint8Array(8)));
      }
      return offsets.sort((a, b) => a - b);
    };
    expect(await offsetsFor(0)).toEqual([0]);
    expect(await offsetsFor(2)).toEqual([16]);
    expect(await offsetsFor(0, 1, 2)).toEqual([0, 8, 16, 24, 28]);
  });
});
