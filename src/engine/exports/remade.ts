/** Tensors that a new checkpoint has otherwise than the file: written aside, where their checksums are made and from where they are copied. */
import { throwIfCancelled } from '../../lib/errors';
import { at } from '../../lib/known';
import { writtenTo } from '../../lib/sink';
import { type ByteSource, memorySource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import { rowByRow as inRows, layoutOf, spanOf } from '../../tensors/layout';
import { contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { NewContent } from './newCheckpoint';
import type { ExportSource } from './source';

export interface Remade {
  /** As the file has it. */
  readonly tensor: TensorInfo;
  /** What its new elements are. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The new elements, row by row, given those of the file. */
  elements(rows: () => Promise<ByteSource>): ByteSource | Promise<ByteSource>;
}

/** Written at once; a whole number of elements. */
const pieceBytes = 4 * 2 ** 20;

/** @returns by the keys of `all` */
export async function writeRemade<Key>(
  { session, scratch }: ExportSource,
  pruned: ByteSource,
  all: ReadonlyMap<Key, Remade>,
  { signal, progress }: CallContext,
): Promise<Map<Key, NewContent>> {
  const { storages } = session.measurable.checkpoint;
  const sizes = [...all.values()].map(({ dtype, shape }) => (numelOf(shape) * bitsOf(dtype)) / 8);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const ends: number[] = [];
  let end = 0;
  const source = await writtenTo(scratch(), async (sink) => {
    for (const { tensor, elements } of all.values()) {
      const made = await elements(() => rowByRow(pruned, tensor, at(storages, tensor.storage)));
      for (let from = 0; from < made.size; from += pieceBytes) {
        throwIfCancelled(signal);
        const piece = await made.read(from, Math.min(pieceBytes, made.size - from));
        await sink.put(end, piece as Uint8Array<ArrayBuffer>);
        end += piece.length;
        progress({ stage: 'writing', done: end, total, tensor: tensor.name });
      }
      ends.push(end);
    }
  });
  return new Map(
    [...all].map(([key, { dtype }], i) => {
      const extent = { source, start: ends[i - 1] ?? 0, end: at(ends, i) };
      return [key, { dtype, content: [extent] }];
    }),
  );
}

export function isRowByRow({ shape, strides }: Pick<TensorInfo, 'shape' | 'strides'>): boolean {
  const plain = contiguousStrides(shape);
  return shape.every((size, axis) => size < 2 || strides[axis] === plain[axis]);
}

/** Those that are stored in another order, or with gaps, are put in order in memory. */
async function rowByRow(source: ByteSource, tensor: TensorInfo, { segments }: Storage): Promise<ByteSource> {
  const { dtype, shape, strides, storageOffset } = tensor;
  const width = bitsOf(dtype) / 8;
  const whole = splicedSource(segments.map((segment) => ({ source, ...segment })));
  const start = storageOffset * width;
  const numel = numelOf(shape);
  if (isRowByRow(tensor)) {
    return { size: numel * width, read: (offset, length) => whole.read(start + offset, length) };
  }
  const stored = new Uint8Array(await whole.read(start, spanOf(shape, strides) * width));
  if (layoutOf(shape, strides).kind === 'dense') return memorySource(inRows(stored, shape, strides, width));
  const elements = new Uint8Array(numel * width);
  for (let element = 0; element < numel; element++) {
    let rest = element;
    let place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = at(shape, axis);
      place += (rest % size) * at(strides, axis);
      rest = Math.floor(rest / size);
    }
    elements.set(stored.subarray(place * width, (place + 1) * width), element * width);
  }
  return memorySource(elements);
}
