/** In which row each element of a unit lies, run by run as elements are streamed. */
import { at } from '../../lib/known';
import { numelOf } from '../../tensors/tensor';
import type { Unit } from '../reading/units';

export interface Rows {
  /** How many there are; 1 without axes. */
  readonly count: number;
  /** Elements side by side that lie in one row. */
  readonly run: number;
  /** @param index of an element, as the unit is streamed */
  rowAt(index: number): number;
}

/** @param axes whose indices together number the rows, the slowest first */
export function rowsAlong({ shape, strides }: Pick<Unit, 'shape' | 'strides'>, axes: readonly number[]): Rows {
  let step = 1;
  const known = [...axes].reverse().map((axis) => {
    const size = at(shape, axis);
    const place = { size, stride: at(strides, axis), step };
    step *= size;
    return place;
  });
  const wide = known.filter(({ size }) => size > 1);
  const run = Math.min(numelOf(shape), ...wide.map(({ stride }) => stride));
  return {
    count: step,
    run: Math.max(1, run),
    rowAt(index) {
      let row = 0;
      for (const { size, stride, step } of wide) row += (Math.floor(index / stride) % size) * step;
      return row;
    },
  };
}

/** The index of each dimension. @param place of an element, as the unit is streamed */
export function indexAt({ shape, strides }: Pick<Unit, 'shape' | 'strides'>, place: number): number[] {
  return shape.map((size, axis) => (size > 1 ? Math.floor(place / at(strides, axis)) % size : 0));
}
