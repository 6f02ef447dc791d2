/** An ONNX model whose sparse enough weights are `sparse_initializer`s: smaller, and dense again once it is loaded. */
import { readModel } from '../../formats/onnx/readModel';
import { type SparseContent, sparseBytes, withSparseInitializers } from '../../formats/onnx/write/sparse';
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { writtenTo } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { joined, type Splice } from '../../lib/splice';
import { byteWidthOf } from '../../tensors/dtype';
import type { ByteRange, TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { UnitProgress } from '../passes/unitProgress';
import { streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import { decodingSource, rangesInFile } from '../reading/varintSource';
import type { Session } from '../session';
import { type ExportSource, type Outcomes, prunedSource } from './source';

/**
 * Initializers of the main graph that get smaller; what else is pruned stays dense.
 * @throws CheckpointError `unsupported-feature` for another format, or where none would get smaller
 */
export async function sparseOnnx(exported: ExportSource, outcomes: Outcomes, context: CallContext): Promise<Splice> {
  const { session } = exported;
  const worthwhile = worthwhileUnits(session, outcomes);
  if (worthwhile.length === 0) {
    throw new CheckpointError('unsupported-feature', 'No initializer of this model is sparse enough to get smaller.', {
      advice: 'A float32 tensor has to be more than two thirds zeros.',
    });
  }
  const { source, checkpoint } = session.measurable;
  const model = await readModel(source, { file: session.opened.fileName, format: 'ONNX' });
  const initializers = checkpoint.graph?.main.initializers ?? [];
  const pruned = await prunedSource(exported, outcomes, context);
  const weights = decodingSource(pruned, checkpoint.encoded);
  const contents = await sparseContents(exported, weights, worthwhile, context);
  return withSparseInitializers(pruned, model, (index) => {
    const tensor = initializers[index]?.tensor;
    const content = tensor === undefined ? undefined : contents.get(tensor);
    return tensor === undefined || !content ? undefined : { ...content, shape: at(checkpoint.tensors, tensor).shape };
  });
}

/** Size of the export, without reading a weight. Equal to the original's where it would not be made. */
export function sparseOnnxSize({ source, session }: ExportSource, outcomes: Outcomes): number {
  let size = source.size;
  for (const unit of worthwhileUnits(session, outcomes)) size -= savedBytes(session, unit, outcomes);
  return size;
}

function worthwhileUnits(session: Session, outcomes: Outcomes): Unit[] {
  const { format, can } = session.opened;
  if (!can.sparse) {
    throw new CheckpointError('unsupported-feature', `Only ONNX has sparse initializers; this file is ${format}.`);
  }
  return session.units.filter((unit) => {
    const { container, stored } = session.opened.layers[unit.tensor]!;
    // What a sparse tensor leaves out is the code 0, which is not the zero of codes.
    return container === '' && stored === undefined && savedBytes(session, unit, outcomes) > 0;
  });
}

function savedBytes({ opened, measurable }: Session, { tensor, dtype, pieces }: Unit, outcomes: Outcomes): number {
  const { numel, statistics } = opened.layers[tensor]!;
  const { encoded } = measurable.checkpoint;
  const dense = pieces
    .flatMap((piece) => rangesInFile(piece, encoded))
    .reduce((bytes, { start, end }) => bytes + end - start, 0);
  const zeros = outcomes.get(tensor)?.zeros ?? statistics?.zeros ?? 0;
  const width = byteWidthOf(dtype);
  return dense - sparseBytes(numel - zeros, width);
}

/** @param weights as they are to be */
async function sparseContents(
  { scratch }: ExportSource,
  weights: ByteSource,
  units: readonly Unit[],
  context: CallContext,
): Promise<Map<TensorId, Omit<SparseContent, 'shape'>>> {
  const { signal } = context;
  const found = new Map<TensorId, { elements: number; count: number; values: ByteRange[]; indices: ByteRange[] }>();
  const report = new UnitProgress('writing', units, context);
  let end = 0;
  const source = await writtenTo(scratch(), async (sink) => {
    const put = async (bytes: Uint8Array<ArrayBuffer>) => {
      const start = end;
      end += bytes.length;
      await sink.put(start, bytes);
      return { start, end };
    };
    for await (const { unit, elements } of streamUnits(weights, units, { byteOrder: 'little', signal })) {
      const { tensor, dtype } = unit;
      const known = getOrInsert(found, tensor, () => ({ elements: 0, count: 0, values: [], indices: [] }));
      const { values, indices } = nonZeros(elements, byteWidthOf(dtype), known.elements);
      known.elements += elements.length / byteWidthOf(dtype);
      known.count += indices.length / indexBytes;
      known.values.push(await put(values));
      known.indices.push(await put(indices));
      report.advance(unit, elements.length, false);
    }
  });
  const content = (ranges: readonly ByteRange[]) => joined(ranges.map((range) => ({ source, ...range })));
  return new Map(
    [...found].map(([tensor, { values, indices, count }]) => [
      tensor,
      { values: content(values), indices: content(indices), count },
    ]),
  );
}

const indexBytes = 8;

/** @param first index of the first element in its tensor */
function nonZeros(elements: Uint8Array, width: number, first: number) {
  const kept: number[] = [];
  const count = elements.length / width;
  for (let i = 0; i < count; i++) if (!isZero(elements, i * width, width)) kept.push(i);
  const values = new Uint8Array(kept.length * width);
  const indices = new BigInt64Array(kept.length);
  kept.forEach((element, i) => {
    values.set(elements.subarray(element * width, (element + 1) * width), i * width);
    indices[i] = BigInt(first + element);
  });
  return { values, indices: new Uint8Array(indices.buffer) };
}

/** Of either sign. */
function isZero(elements: Uint8Array, at: number, width: number): boolean {
  for (let byte = at; byte < at + width - 1; byte++) if (elements[byte] !== 0) return false;
  return (elements[at + width - 1]! & 0x7f) === 0;
}
