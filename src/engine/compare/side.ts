/** One of two checkpoints that are compared: its structure, and where its weights are read. Nothing of it has to be measured. */
import type { Checkpoint } from '../../formats/format';
import { openCheckpoint } from '../../formats/registry';
import { at } from '../../lib/known';
import { firstPart, type Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import { bitsOf, byteWidthOf } from '../../tensors/dtype';
import { rowByRow } from '../../tensors/layout';
import { isRowByRow, memoryOrder, stridesWithoutGaps } from '../../tensors/memoryOrder';
import { numbersOf } from '../../tensors/numbers';
import { numelOf, type TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';
import type { WeightSource } from '../reading/keptWeights';
import { TensorReader } from '../reading/reference';
import { streamUnits } from '../reading/stream';
import { fileRanges, layersOf, type Unit, unitsOf } from '../reading/units';
import { decodingSource } from '../reading/varintSource';
import type { Session } from '../session';

export interface Side {
  readonly fileName: string;
  readonly layers: readonly Layer[];
  /** Tensors whose elements can be read as numbers, those that no recipe may prune among them. */
  readonly units: ReadonlyMap<TensorId, Unit>;
  readonly source: WeightSource;
  readonly checkpoint: Checkpoint;
}

/** @throws CheckpointError what opening a checkpoint throws */
export async function readSide(file: ByteSource, parts: readonly Part[]): Promise<Side> {
  const checkpoint = await openCheckpoint(file, parts);
  const source = decodingSource(file, checkpoint.encoded);
  return sideOf(firstPart(checkpoint.parts).name, layersOf(checkpoint), source, checkpoint);
}

/** Of one that is open, with the weights that it keeps. */
export function sideOfSession({ opened, measurable: { source, checkpoint } }: Session): Side {
  return sideOf(opened.fileName, opened.layers, source, checkpoint);
}

function sideOf(fileName: string, layers: readonly Layer[], source: WeightSource, checkpoint: Checkpoint): Side {
  const all = layers.map((layer) => (layer.sameAs === undefined ? { ...layer, prunable: true } : layer));
  const units = new Map(unitsOf(checkpoint, all).map((unit) => [unit.tensor, unit]));
  return { fileName, layers, units, source, checkpoint };
}

export function chunksOf({ source, checkpoint: { byteOrder } }: Side, unit: Unit, signal: AbortSignal) {
  return streamUnits(source, [unit], { byteOrder, readOnly: true, signal });
}

/** Larger tensors are not turned to see which is which. */
const mostTurned = 2 ** 24;

/** The first elements row by row, with the dimensions in `order`; undefined where they are not read, or too many to be turned. */
export async function headOf(
  side: Side,
  tensor: TensorId,
  order: readonly number[],
  elements: number,
  signal: AbortSignal,
): Promise<ArrayLike<number> | undefined> {
  const unit = side.units.get(tensor);
  if (!unit) return undefined;
  const shape = order.map((axis) => at(unit.shape, axis));
  const strides = order.map((axis) => at(unit.strides, axis));
  const reader = new TensorReader(unit, chunksOf(side, unit, signal));
  const count = numelOf(shape);
  if (isRowByRow(memoryOrder(shape, strides))) {
    return numbersOf(unit.dtype, await reader.read(Math.min(count, elements)));
  }
  const width = byteWidthOf(unit.dtype);
  if (count * width > mostTurned) return undefined;
  const turned = rowByRow(await reader.read(count), shape, strides, width);
  return numbersOf(unit.dtype, turned).slice(0, elements);
}

/** The bytes of a tensor whose numbers are not read, where they lie row by row. */
export function rawOf({ source, checkpoint }: Side, id: TensorId): ByteSource | undefined {
  const { dtype, shape, strides, storage, storageOffset } = at(checkpoint.tensors, id);
  const bits = bitsOf(dtype);
  const isPlain = storage >= 0 && bits >= 8 && strides.join() === stridesWithoutGaps(shape, strides).join();
  if (!isPlain || !isRowByRow(memoryOrder(shape, strides))) return undefined;
  const width = bits / 8;
  const ranges = fileRanges(at(checkpoint.storages, storage), storageOffset * width, numelOf(shape) * width);
  return splicedSource([...ranges].map(({ fileStart: start, length }) => ({ source, start, end: start + length })));
}
