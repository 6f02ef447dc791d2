import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, streamUnits, windowBytes } from '../../../src/engine/reading/stream';
import type { Piece, Unit } from '../../../src/engine/reading/units';
import { CheckpointError } from '../../../src/lib/errors';
import { type ByteSource, memorySource } from '../../../src/lib/source';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { layoutOf, spanOf } from '../../../src/tensors/layout';
import { contiguousStrides, type TensorInfo } from '../../../src/tensors/tensor';
import { reusingSource } from '../../support/reusingSource';
import { elementOffsets } from './elements';

type ByteOrder = 'little' | 'big';

/** A tensor somewhere in the file: runs of its bytes with gaps before them, and strides that may leave gaps inside. */
interface Sketch {
  readonly dtype: PrunableDtype;
  readonly shape: readonly number[];
  /** How far each stride exceeds that of a contiguous tensor, from the last axis. All zero: dense. */
  readonly slack: readonly number[];
  /** Bytes before each segment. More than one segment only where the tensor is dense. */
  readonly gaps: readonly number[];
}

interface Layout {
  readonly units: readonly Unit[];
  readonly size: number;
  /** File offsets of the elements of each unit. */
  readonly offsets: ReadonlyMap<Unit, readonly number[]>;
}

/** Lays the tensors out one after the other, as units.ts would. */
function layOut(sketches: readonly Sketch[]): Layout {
  const units: Unit[] = [];
  const offsets = new Map<Unit, readonly number[]>();
  let position = 0;
  sketches.forEach(({ dtype, shape, slack, gaps }, tensor) => {
    const strides = strideWith(shape, slack);
    const layout = layoutOf(shape, strides);
    if (layout.kind === 'overlapping') throw new Error('not meant to');
    const width = byteWidthOf(dtype);
    const span = spanOf(shape, strides);
    const runs = layout.kind === 'dense' ? Math.min(gaps.length, span) : 1;
    const segments: { start: number; end: number }[] = [];
    for (let i = 0; i < runs; i++) {
      const start = position + gaps[i]!;
      const elements = Math.floor((span * (i + 1)) / runs) - Math.floor((span * i) / runs);
      position = start + elements * width;
      segments.push({ start, end: position });
    }
    const pieces: Piece[] = [];
    const unit: Unit = {
      tensor,
      name: String(tensor),
      dtype,
      shape,
      strides,
      pieces,
      byteLength: span * width,
      ...(layout.kind === 'strided' ? { axes: layout.axes } : {}),
    };
    pieces.push(...segments.map((segment) => ({ unit, ...segment })));
    units.push(unit);
    const info = { dtype, shape, strides, storage: 0, storageOffset: 0 } as unknown as TensorInfo;
    offsets.set(unit, elementOffsets(info, { storages: [{ segments, byteLength: span * width }] }));
  });
  return { units, size: position + 3, offsets };
}

function strideWith(shape: readonly number[], slack: readonly number[]): number[] {
  const strides = contiguousStrides(shape);
  let reach = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = reach + (slack[shape.length - 1 - axis] ?? 0);
    reach += strides[axis]! * (shape[axis]! - 1);
  }
  return strides;
}

const noise = Uint8Array.from({ length: 2 ** 16 }, (_, i) => (i * 40503) >>> 7);

/** Bytes that repeat with a period that is no multiple of any width. */
function fileOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const period = noise.length - 1;
  for (let at = 0; at < size; at += period) bytes.set(noise.subarray(0, Math.min(period, size - at)), at);
  return bytes;
}

/** The elements of a unit, one by one from the file. */
function gathered(unit: Unit, file: Uint8Array, { offsets }: Layout, byteOrder: ByteOrder): Uint8Array {
  const width = byteWidthOf(unit.dtype);
  const out = new Uint8Array(offsets.get(unit)!.length * width);
  offsets.get(unit)!.forEach((offset, i) => {
    const element = file.slice(offset, offset + width);
    out.set(byteOrder === 'big' ? element.reverse() : element, i * width);
  });
  return out;
}

const dtypes = fc.constantFrom<PrunableDtype[]>('F64', 'F32', 'F16', 'BF16');
const sketches = fc.array(
  fc.record({
    dtype: dtypes,
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
    slack: fc.oneof(fc.constant([]), fc.array(fc.nat(3), { maxLength: 4 })),
    gaps: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 6 },
);
const byteOrders = fc.constantFrom<ByteOrder[]>('little', 'big');

describe('streamUnits', () => {
  it('yields every element once, in storage order, little-endian, from ascending places', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, byteOrders, fc.integer({ min: 1, max: 12 }), async (drawn, byteOrder, eighths) => {
        const layout = layOut(drawn);
        const file = fileOf(layout.size);
        const parts = new Map<Unit, Uint8Array[]>(layout.units.map((unit) => [unit, []]));
        let reached = 0;
        const options = { byteOrder, chunkBytes: 8 * eighths };
        for await (const { unit, elements, raw, offset } of streamUnits(reusingSource(file), layout.units, options)) {
          expect(offset).toBeGreaterThanOrEqual(reached);
          reached = offset + raw.length;
          expect(raw.length).toBeLessThanOrEqual(8 * eighths);
          expect(raw).toEqual(file.slice(offset, reached));
          expect(elements.length % byteWidthOf(unit.dtype)).toBe(0);
          parts.get(unit)!.push(elements.slice());
        }
        for (const unit of layout.units) {
          expect(Buffer.concat(parts.get(unit)!)).toEqual(Buffer.from(gathered(unit, file, layout, byteOrder)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('puts changed elements back where they came from, and touches nothing between them', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, byteOrders, fc.integer({ min: 1, max: 12 }), async (drawn, byteOrder, eighths) => {
        const layout = layOut(drawn);
        const file = fileOf(layout.size);
        const written = file.slice();
        const options = { byteOrder, chunkBytes: 8 * eighths };
        for await (const chunk of streamUnits(reusingSource(file), layout.units, options)) {
          // The lowest byte only, which tells where the byte order was mixed up.
          const width = byteWidthOf(chunk.unit.dtype);
          for (let at = 0; at < chunk.elements.length; at += width) chunk.elements[at]! ^= 0xff;
          chunk.scatter();
          written.set(chunk.raw, chunk.offset);
        }
        const expected = file.slice();
        for (const [unit, offsets] of layout.offsets) {
          const low = byteOrder === 'little' ? 0 : byteWidthOf(unit.dtype) - 1;
          for (const offset of offsets) expected[offset + low]! ^= 0xff;
        }
        expect(written).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

/** Counts what is asked of it. */
function counting(file: Uint8Array) {
  const source = memorySource(file);
  const reads: { start: number; end: number }[] = [];
  const most = { underWay: 0 };
  let underWay = 0;
  const counted: ByteSource = {
    size: source.size,
    async read(offset, length) {
      reads.push({ start: offset, end: offset + length });
      most.underWay = Math.max(most.underWay, ++underWay);
      const bytes = await source.read(offset, length);
      underWay--;
      return bytes;
    },
  };
  return { source: counted, reads, most };
}

describe('reading', () => {
  const file = fileOf(3 * windowBytes);
  /** Near what decides about windows: their size, and the gaps that they bridge. */
  const near = (value: number) => fc.integer({ min: value - 20, max: value + 20 });
  const tensor = fc.record({
    dtype: dtypes,
    bytes: fc.oneof(fc.integer({ min: 8, max: 5000 }), near(windowBytes), near(windowBytes / 2)),
    gap: fc.oneof(fc.nat(20), near(64 * 1024)),
    stride: fc.constantFrom(1, 1, 3),
  });

  it('takes large files in few disjoint windows, a few at a time, and cuts elements nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tensor, { minLength: 1, maxLength: 4 }), byteOrders, async (drawn, byteOrder) => {
        const units: Unit[] = [];
        let position = 0;
        for (const { dtype, bytes, gap, stride } of drawn) {
          const width = byteWidthOf(dtype);
          const size = Math.max(1, Math.floor(bytes / width / stride));
          const start = position + gap;
          const byteLength = ((size - 1) * stride + 1) * width;
          if (start + byteLength > file.length) break;
          const pieces: Piece[] = [];
          const axes = stride > 1 && size > 1 ? { axes: [{ size, stride }] } : {};
          const unit: Unit = {
            tensor: units.length,
            name: '',
            dtype,
            shape: [size],
            strides: [1],
            pieces,
            byteLength,
            ...axes,
          };
          pieces.push({ unit, start, end: start + byteLength });
          units.push(unit);
          position = start + byteLength;
        }
        const { source, reads, most } = counting(file);
        const seen = new Map<Unit, { bytes: number; raw: number }>(units.map((unit) => [unit, { bytes: 0, raw: 0 }]));
        for await (const { unit, elements, raw, offset } of streamUnits(source, units, { byteOrder })) {
          const sofar = seen.get(unit)!;
          expect(offset).toBe(unit.pieces[0]!.start + sofar.raw);
          const width = byteWidthOf(unit.dtype);
          expect(raw.length % width).toBe(0);
          const stride = unit.axes?.[0]?.stride ?? 1;
          const first = sofar.bytes / width;
          for (const i of [0, elements.length / width - 1]) {
            if (elements.length === 0) continue;
            const at = unit.pieces[0]!.start + (first + i) * stride * width;
            const element = file.slice(at, at + width);
            if (byteOrder === 'big') element.reverse();
            expect(elements.subarray(i * width, (i + 1) * width)).toEqual(element);
          }
          sofar.raw += raw.length;
          sofar.bytes += elements.length;
        }
        for (const [unit, { bytes, raw }] of seen) {
          expect(raw).toBe(unit.byteLength);
          expect(bytes).toBe(unit.axes ? unit.axes[0]!.size * byteWidthOf(unit.dtype) : unit.byteLength);
        }
        expect(most.underWay).toBeLessThanOrEqual(4);
        reads.forEach(({ start, end }, i) => {
          expect(end - start).toBeLessThanOrEqual(windowBytes);
          if (i > 0) expect(start).toBeGreaterThanOrEqual(reads[i - 1]!.end);
        });
        // Every window but one per tensor is full.
        expect(reads.length).toBeLessThanOrEqual(position / (windowBytes - 16) + units.length + 1);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  const [unit] = layOut([{ dtype: 'F32', shape: [(3 * windowBytes) / 4 - 10], slack: [], gaps: [0] }]).units;
  const collect = async (source: ByteSource, onChunk?: (chunk: Chunk) => void) => {
    for await (const chunk of streamUnits(source, [unit!], { byteOrder: 'little' })) onChunk?.(chunk);
  };

  it('leaves out what lies between tensors far apart', async () => {
    const { units } = layOut([
      { dtype: 'F32', shape: [10], slack: [], gaps: [100] },
      { dtype: 'F32', shape: [10], slack: [], gaps: [64 * 1024] },
      { dtype: 'F32', shape: [10], slack: [], gaps: [64 * 1024 + 1] },
    ]);
    const { source, reads } = counting(file);
    for await (const _ of streamUnits(source, units, { byteOrder: 'little' }));
    expect(reads.map(({ start, end }) => [start, end])).toEqual([
      [100, 100 + 80 + 64 * 1024],
      [100 + 81 + 128 * 1024, 100 + 121 + 128 * 1024],
    ]);
  });

  it('reads one large tensor in windows', async () => {
    const { source, reads } = counting(file);
    await collect(source);
    expect(reads).toHaveLength(3);
  });

  it('passes on what the source throws, at the place where it throws', async () => {
    const failing: ByteSource = {
      size: file.length,
      async read(offset, length) {
        if (offset > 0) throw new CheckpointError('file-unreadable', 'Gone.');
        return file.slice(offset, offset + length);
      },
    };
    let chunks = 0;
    await expect(collect(failing, () => chunks++)).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(chunks).toBe(1);
  });

  it('stops at the next chunk when cancelled', async () => {
    const controller = new AbortController();
    let chunks = 0;
    const options = { byteOrder: 'little', signal: controller.signal, chunkBytes: 2 ** 20 } as const;
    const stopped = async () => {
      for await (const _ of streamUnits(memorySource(file), [unit!], options)) {
        chunks++;
        controller.abort();
      }
    };
    await expect(stopped()).rejects.toMatchObject({ code: 'cancelled' });
    expect(chunks).toBe(1);
  });

  describe('gives memory back', () => {
    const given: Uint8Array[] = [];
    const source = (): ByteSource => {
      given.length = 0;
      return { ...memorySource(file), recycle: (bytes) => given.push(bytes) };
    };
    const options = { byteOrder: 'little', chunkBytes: windowBytes / 4 } as const;

    it('of every window, once the next chunk is asked for', async () => {
      let chunks = 0;
      for await (const { raw } of streamUnits(source(), [unit!], options)) {
        expect(given).toHaveLength(Math.floor(chunks++ / 4));
        expect(given.map(({ buffer }) => buffer)).not.toContain(raw.buffer);
      }
      expect(given).toHaveLength(3);
    });

    it('that is held only when all have let go', async () => {
      const releases: (() => void)[] = [];
      for await (const chunk of streamUnits(source(), [unit!], options)) {
        if (releases.length < 2) releases.push(chunk.hold());
      }
      expect(given).toHaveLength(2);
      for (const release of releases) {
        expect(given).toHaveLength(2);
        release();
      }
      expect(given).toHaveLength(3);
    });
  });

  it('reads nothing for nothing', async () => {
    const { source, reads } = counting(file);
    for await (const _ of streamUnits(source, [], { byteOrder: 'little' })) throw new Error('a chunk of nothing');
    expect(reads).toEqual([]);
  });
});
