/** Tensors that lie between each other in one storage: pruned as if each had a storage of its own. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/engine/opened';
import type { Measurable } from '../../../src/engine/passes/measurable';
import { measure } from '../../../src/engine/passes/measure';
import { ScoreSources } from '../../../src/engine/passes/scoreSources';
import { planPortions } from '../../../src/engine/pool/planPortions';
import { KeptWeights, type WeightSource, withKept } from '../../../src/engine/reading/keptWeights';
import { bytesRead, streamUnits } from '../../../src/engine/reading/stream';
import { layersOf, type Unit, unitsOf } from '../../../src/engine/reading/units';
import { type Patch, patchesFor, type Written } from '../../../src/engine/writing/patches';
import type { Checkpoint } from '../../../src/formats/format';
import { crc32 } from '../../../src/lib/crc32';
import { wholeFile } from '../../../src/lib/parts';
import { memorySource } from '../../../src/lib/source';
import type { Program } from '../../../src/pruning/resolution';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import type { TensorInfo } from '../../../src/tensors/tensor';
import { expectClose, expectSame } from '../../support/expectSame';
import { reusingSource } from '../../support/reusingSource';
import { wasm } from '../kernels/support';
import { elementOffsets } from './elements';
import { context } from './patched';

type ByteOrder = 'little' | 'big';

/** A file of one storage with a checksum over it, and tensors that are slices of it. */
interface Drawn {
  readonly rows: number;
  readonly columns: number;
  readonly slices: readonly Slice[];
  readonly byteOrder: ByteOrder;
  readonly windowBytes: number;
}

/** `[from::step]` along both dimensions, so many at most. */
interface Slice {
  readonly dtype: PrunableDtype;
  readonly from: readonly [number, number];
  readonly step: readonly [number, number];
  readonly size: readonly [number, number];
  readonly transposed: boolean;
}

/** Bytes before the storage. */
const storageStart = 5;
const widest = 8;

const pair = (of: fc.Arbitrary<number>) => fc.tuple(of, of);
const slice: fc.Arbitrary<Slice> = fc.record({
  dtype: fc.constantFrom<PrunableDtype[]>('F32', 'F32', 'F32', 'F16', 'F64'),
  from: pair(fc.nat(12)),
  step: pair(fc.integer({ min: 1, max: 3 })),
  size: pair(fc.integer({ min: 1, max: 12 })),
  transposed: fc.boolean(),
});
const drawn: fc.Arbitrary<Drawn> = fc.record({
  rows: fc.integer({ min: 2, max: 12 }),
  columns: fc.integer({ min: 2, max: 12 }),
  slices: fc.array(slice, { minLength: 1, maxLength: 6 }),
  byteOrder: fc.constantFrom<ByteOrder[]>('little', 'big'),
  windowBytes: fc.integer({ min: 4, max: 40 }).map((eights) => eights * 8),
});

/** Slices of an array of `rows` times `columns` elements of `width` bytes each: the same bytes for all dtypes. */
function tensorOf({ dtype, from, step, size, transposed }: Slice, name: string, { rows, columns }: Drawn): TensorInfo {
  const width = byteWidthOf(dtype);
  const across = (columns * widest) / width;
  const lengths = [rows, across];
  const start = from.map((at, axis) => at % lengths[axis]!);
  const shape = size.map((most, axis) =>
    Math.max(1, Math.min(most, Math.floor((lengths[axis]! - start[axis]! - 1) / step[axis]!) + 1)),
  );
  const strides = [across * step[0], step[1]];
  return {
    name,
    container: '',
    dtype,
    shape: transposed ? shape.reverse() : shape,
    strides: transposed ? strides.reverse() : strides,
    storage: 0,
    storageOffset: start[0]! * across + start[1]!,
    kind: 'linear',
  };
}

interface Opened {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly checkpoint: Checkpoint;
  readonly layers: readonly Layer[];
  readonly units: readonly Unit[];
}

function open(each: Drawn): Opened {
  const byteLength = each.rows * each.columns * widest;
  const file = new Uint8Array(storageStart + byteLength + 8);
  // No byte is 0 and no element NaN or infinite, whatever the dtype and the order of bytes.
  for (let i = 0; i < byteLength; i++) file[storageStart + i] = 0x30 + ((i * 37 + ((i * i) >> 3)) % 0x2f);
  const range = { start: storageStart, end: storageStart + byteLength };
  const fields = [range.end, range.end + 4];
  const stored = crc32(file.subarray(range.start, range.end));
  for (const field of fields) new DataView(file.buffer).setUint32(field, stored, true);
  const checkpoint: Checkpoint = {
    format: 'test',
    can: { script: 'torch.save' },
    parts: wholeFile({ size: file.length }, 'test'),
    tensors: each.slices.map((slice, i) => tensorOf(slice, `${i}.weight`, each)),
    storages: [{ segments: [range], byteLength }],
    checksums: [{ range, stored, fields }],
    byteOrder: each.byteOrder,
    notes: [],
  };
  const layers = layersOf(checkpoint);
  return { file, checkpoint, layers, units: unitsOf(checkpoint, layers) };
}

/** One tensor of the checkpoint in a storage of its own. */
function alone({ file, checkpoint }: Opened, tensor: number): Opened {
  const info = checkpoint.tensors[tensor]!;
  const width = byteWidthOf(info.dtype as PrunableDtype);
  const offsets = elementOffsets(info, checkpoint);
  const own = new Uint8Array(offsets.length * width);
  for (const [i, offset] of offsets.entries()) own.set(file.subarray(offset, offset + width), i * width);
  const [rows, columns] = info.shape as [number, number];
  const isTransposed = info.strides[0]! < info.strides[1]! && rows > 1 && columns > 1;
  const strides = isTransposed ? [1, rows] : [columns, 1];
  const segments = [{ start: 0, end: own.length }];
  const single: Checkpoint = {
    ...checkpoint,
    parts: wholeFile({ size: own.length }, 'test'),
    tensors: [{ ...info, strides, storageOffset: 0 }],
    storages: [{ segments, byteLength: own.length }],
    checksums: [],
  };
  const layers = layersOf(single);
  return { file: own, checkpoint: single, layers, units: unitsOf(single, layers) };
}

async function written(
  { file, checkpoint, layers, units }: Opened,
  source: WeightSource,
  programs: ReadonlyMap<number, Program>,
) {
  const measurable: Measurable = { source, checkpoint, kernels: wasm, beside: new ScoreSources(new Set()) };
  const bytes = file.slice();
  const patches: { readonly offset: number; readonly end: number }[] = [];
  const generator: AsyncGenerator<Patch, Written> = patchesFor(measurable, units, layers, programs, context);
  for (;;) {
    const next = await generator.next();
    if (next.done) return { bytes, patches, ...next.value };
    const { offset, bytes: patch } = next.value;
    bytes.set(patch, offset);
    patches.push({ offset, end: offset + patch.length });
  }
}

const score = { criterion: 'magnitude' } as const;
/** By tensor; the axes are those of the tensor's shape. */
const programs = fc.array(
  fc.constantFrom<Program[]>(
    [],
    [{ kind: 'threshold', score, threshold: 1, ties: Number.POSITIVE_INFINITY }],
    [{ kind: 'threshold', score, threshold: 1e30, ties: 3 }],
    [{ kind: 'pattern', score, n: 1, m: 2, axis: 0 }],
    [{ kind: 'pattern', score, n: 1, m: 3, axis: 1 }],
    [{ kind: 'rows', score, axes: [0], count: 1 }],
    [
      { kind: 'rows', score, axes: [1], count: 1 },
      { kind: 'pattern', score, n: 1, m: 2, axis: 1 },
    ],
  ),
  { minLength: 6, maxLength: 6 },
);

/** As a session that keeps weights holds them, in such windows. */
async function keptOf({ file, units, checkpoint }: Opened, windowBytes: number): Promise<WeightSource> {
  const kept = new KeptWeights();
  const plain = memorySource(file);
  const read = async (offset: number, length: number) => {
    const bytes = (await plain.read(offset, length)).slice();
    kept.keep({ offset, bytes });
    return bytes;
  };
  const { byteOrder } = checkpoint;
  for await (const _ of streamUnits({ ...plain, windowBytes, read }, units, { byteOrder, readOnly: true }));
  const unread = async () => {
    throw new Error('everything is in memory');
  };
  return { ...withKept({ size: file.length, read: unread }, kept), windowBytes };
}

describe('tensors that interleave', () => {
  it('are measured each for itself, in one read of what they lie in', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (each) => {
        const opened = open(each);
        const reads: { start: number; end: number }[] = [];
        const { windowBytes } = each;
        const plain = reusingSource(opened.file);
        const source: WeightSource = {
          ...plain,
          windowBytes,
          read: async (offset, length) => {
            reads.push({ start: offset, end: offset + length });
            return plain.read(offset, length);
          },
        };
        const { checkpoint, units } = opened;
        const found = await measure({ source, checkpoint, kernels: wasm }, units, context);
        expect(reads.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(bytesRead(units, windowBytes));
        reads.forEach(({ start, end }, i) => {
          expect(end - start).toBeLessThanOrEqual(windowBytes);
          if (i > 0) expect(start).toBeGreaterThanOrEqual(reads[i - 1]!.end);
        });
        for (const { tensor } of units) {
          const single = alone(opened, tensor);
          const weights = { source: memorySource(single.file), checkpoint: single.checkpoint, kernels: wasm };
          const expected = await measure(weights, single.units, context);
          // Sums in other blocks round otherwise.
          const { mean, std, ...counted } = found.get(tensor)!;
          const { mean: itsMean, std: itsStd, ...itsCounted } = expected.get(0)!;
          expectSame(counted, itsCounted, 'statistics');
          const largest = Math.max(Math.abs(counted.min), Math.abs(counted.max));
          expectClose(mean, itsMean, 1e-12 * largest, 'mean');
          expectClose(std, itsStd, 1e-9 * itsStd + 1e-12 * largest, 'std');
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, (opened: Opened, windowBytes: number) => Promise<WeightSource>]>([
    ['as they are read', async ({ file }, windowBytes) => ({ ...reusingSource(file), windowBytes })],
    ['in memory', keptOf],
  ])('lose what each of them would lose alone, %s, and nothing else changes', async (_, sourceOf) => {
    await fc.assert(
      fc.asyncProperty(drawn, programs, async (each, program) => {
        const opened = open(each);
        const { file, checkpoint, units, layers } = opened;
        const wanted = new Map(units.map(({ tensor }) => [tensor, program[tensor]!]));
        const { bytes, patches, counts, changed } = await written(
          opened,
          await sourceOf(opened, each.windowBytes),
          wanted,
        );

        const expected = file.slice();
        for (const { tensor, dtype } of units) {
          const single = alone(opened, tensor);
          const own = await written(single, memorySource(single.file), new Map([[0, program[tensor]!]]));
          const width = byteWidthOf(dtype);
          elementOffsets(checkpoint.tensors[tensor]!, checkpoint).forEach((offset, i) => {
            expected.set(own.bytes.subarray(i * width, (i + 1) * width), offset);
          });
          expect(counts.get(tensor)).toEqual(own.counts.get(0));
        }
        const [{ range, fields }] = checkpoint.checksums as [Checkpoint['checksums'][number]];
        for (const field of fields) {
          const crc = crc32(expected.subarray(range.start, range.end));
          new DataView(expected.buffer).setUint32(field, crc, true);
        }
        expect(bytes).toEqual(expected);

        const pages = patches.filter(({ offset }) => offset < range.end);
        pages.forEach(({ offset }, i) => {
          if (i > 0) expect(offset).toBeGreaterThanOrEqual(pages[i - 1]!.end);
        });
        const differs = (tensor: TensorInfo) =>
          elementOffsets(tensor, checkpoint).some((offset) =>
            Array.from({ length: byteWidthOf(tensor.dtype as PrunableDtype) }).some(
              (_, byte) => file[offset + byte] !== expected[offset + byte],
            ),
          );
        expect([...changed].sort((a, b) => a - b)).toEqual(
          layers.filter(({ id }) => differs(checkpoint.tensors[id]!)).map(({ id }) => id),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are not told apart by the workers of a pool, whatever the size of portions', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 20 }), (each, eights) => {
        const { units } = open(each);
        const portions = planPortions(units, eights * 8);
        const spans = portions.map(({ units: some }) => {
          const pieces = some.flatMap((unit) => unit.pieces);
          return {
            start: Math.min(...pieces.map((piece) => piece.start)),
            end: Math.max(...pieces.map((piece) => piece.end)),
          };
        });
        spans.forEach(({ start }, i) => {
          if (i > 0) expect(start).toBeGreaterThanOrEqual(spans[i - 1]!.end);
        });
        expect(portions.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(
          units.reduce((sum, { byteLength }) => sum + byteLength, 0),
        );
      }),
    );
  });
});
