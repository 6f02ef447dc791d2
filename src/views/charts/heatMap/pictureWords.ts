/** What the rows and columns of a tensor's picture are called. */
import { at } from '../../../lib/known';
import { formatInteger, formatPercent, formatQuantity, formatValue } from '../../../lib/numbers';
import type { Layer } from '../../../state/checkpointSlice';
import type { Picture } from '../../../state/pictureSlice';
import { pictureAxesOf, rowAxesOf } from '../../../tensors/axes';
import { sizeAlong } from '../../../tensors/tensor';
import { type CellAxis, elementsOf } from './cells';
import type { PictureSize } from './viewport';

/** One direction of the picture. */
export interface PictureAxis {
  /** Of what it counts: `output`. */
  readonly noun: string;
  readonly count: number;
  /** Elements for each of them: more than one along a kernel. */
  readonly period: number;
}

export interface PictureShape {
  readonly down: PictureAxis;
  readonly across: PictureAxis;
}

export function pictureShape(layer: Pick<Layer, 'shape' | 'axes' | 'kind'>): PictureShape {
  const { down, across } = pictureAxesOf(layer);
  const counted = new Set(layer.axes ? [...(rowAxesOf(layer) ?? []), ...layer.axes.inputs] : [0, 1]);
  const axis = (axes: readonly number[], noun: string): PictureAxis => ({
    noun,
    count: sizeAlong(
      layer.shape,
      axes.filter((at) => counted.has(at)),
    ),
    period: sizeAlong(
      layer.shape,
      axes.filter((at) => !counted.has(at)),
    ),
  });
  const isLinear = layer.axes !== undefined && layer.kind !== 'embedding';
  if (down.length === 0) return { down: axis([], 'row'), across: axis(across, 'element') };
  return { down: axis(down, isLinear ? 'output' : 'row'), across: axis(across, isLinear ? 'input' : 'column') };
}

export function sizeOf({ down, across }: PictureShape): PictureSize {
  return { height: down.count * down.period, width: across.count * across.period };
}

/**
 * `64 inputs × 3`, `inputs 10–20 of 64`: what an axis shows.
 * @param start elements shown, `[start, end)`
 */
export function axisLabel({ noun, count, period }: PictureAxis, start: number, end: number): string {
  const first = Math.floor(start / period);
  const last = Math.min(count, Math.ceil(end / period)) - 1;
  const ofKernel = period > 1 ? ` × ${formatInteger(period)}` : '';
  if (first === 0 && last === count - 1) return `${formatQuantity(count, noun)}${ofKernel}`;
  return `${rangeOf(noun, first, last)} of ${formatInteger(count)}${ofKernel}`;
}

/** What a person who does not see the maps is told. */
export function describePicture(layer: Layer, { down, across }: PictureShape, keptShare: number) {
  const kernels =
    down.period * across.period > 1
      ? `, each crossing a kernel of ${formatInteger(down.period)} × ${formatInteger(across.period)}`
      : '';
  const size = `${formatQuantity(down.count, down.noun)} down × ${formatQuantity(across.count, across.noun)} across`;
  return {
    weights: `Magnitudes of ${layer.name}: ${size}${kernels}.`,
    mask: `Mask of ${layer.name}: ${formatPercent(keptShare)} of the weights are kept.`,
  };
}

export interface CellWords {
  /** `output 3, input 10–12` */
  readonly place: string;
  /** `max |w| 0.0142` */
  readonly magnitude: string;
  /** `kept`, `37.5 % kept` */
  readonly kept: string;
}

/** @param row of cells */
export function describeCell(
  { cells }: Picture,
  shape: PictureShape,
  axes: { readonly rows: CellAxis; readonly columns: CellAxis },
  row: number,
  column: number,
  symbol = 'w',
): CellWords {
  const [down, across] = [elementsOf(axes.rows, row), elementsOf(axes.columns, column)];
  const cell = row * cells.columns + column;
  const isOne = down.first === down.last && across.first === across.last;
  const kept = at(cells.kept, cell);
  const position =
    isOne && shape.down.period * shape.across.period > 1
      ? `, kernel (${down.first % shape.down.period}, ${across.first % shape.across.period})`
      : '';
  const parts = [
    shape.down.noun === 'row' && shape.down.count === 1 ? '' : placeOn(shape.down, down),
    placeOn(shape.across, across),
  ];
  return {
    place: parts.filter((part) => part !== '').join(', ') + position,
    magnitude: `${isOne ? '' : 'max '}|${symbol}| ${formatValue(at(cells.magnitudes, cell))}`,
    kept: isOne ? (kept === 1 ? 'kept' : 'pruned') : `${formatPercent(kept)} kept`,
  };
}

function placeOn({ noun, period }: PictureAxis, { first, last }: { first: number; last: number }): string {
  return rangeOf(noun, Math.floor(first / period), Math.floor(last / period));
}

function rangeOf(noun: string, first: number, last: number): string {
  return first === last ? `${noun} ${formatInteger(first)}` : `${noun}s ${formatInteger(first)}–${formatInteger(last)}`;
}
