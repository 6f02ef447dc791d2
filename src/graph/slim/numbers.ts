/** Small tensors whose numbers are known before the model runs: shapes, axes, bounds, and what graphs compute of them. */
import { at } from '../../lib/known';
import { numelOf } from '../../tensors/tensor';

export interface Numbers {
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: readonly number[];
  /** Whether they are of an integer type, whose division cuts. */
  readonly whole: boolean;
}

/** No list of shapes or indices is longer; what is stays unknown. */
export const maxNumbers = 65_536;

export function listOf(values: readonly number[]): Numbers {
  return { shape: [values.length], values, whole: true };
}

/** The only number, of a scalar or of a list of one. */
export function onlyOf(numbers: Numbers | undefined): number | undefined {
  return numbers?.values.length === 1 ? numbers.values[0] : undefined;
}

/** Of an axis that may count from the last; undefined where there is none such. */
export function axisIn(rank: number, axis: number): number | undefined {
  const counted = axis < 0 ? axis + rank : axis;
  return counted >= 0 && counted < rank ? counted : undefined;
}

/** The shape that operands are repeated to, as NumPy does; undefined where they do not fit. */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, size] of shape.entries()) {
      const axis = rank - shape.length + i;
      const other = at(result, axis);
      if (size !== 1 && other !== 1 && size !== other) return undefined;
      if (other === 1) result[axis] = size;
    }
  }
  return result;
}

/** What stands at the places of a smaller or equal grid: `picked[axis]` are the indices along it. */
export function pick(numbers: Numbers, picked: readonly (readonly number[])[]): Numbers | undefined {
  const shape = picked.map((indices) => indices.length);
  if (numelOf(shape) > maxNumbers) return undefined;
  let places = [0];
  numbers.shape.forEach((size, axis) => {
    const along = at(picked, axis);
    places = places.flatMap((place) => along.map((index) => place * size + index));
  });
  return { ...numbers, shape, values: places.map((place) => numbers.values[place] ?? Number.NaN) };
}

/** All indices of an axis. */
export function allOf(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}

export function transposed(numbers: Numbers, order: readonly number[]): Numbers {
  const { shape, values } = numbers;
  const turned = order.map((axis) => at(shape, axis));
  const strides = shape.map((_, axis) => numelOf(shape.slice(axis + 1)));
  let places = [0];
  order.forEach((axis) => {
    places = places.flatMap((place) => allOf(at(shape, axis)).map((index) => place + index * at(strides, axis)));
  });
  return { ...numbers, shape: turned, values: places.map((place) => at(values, place)) };
}

/** One behind the other along an axis; they have one shape but there. */
export function joinedAlong(parts: readonly Numbers[], axis: number): Numbers {
  const shape = [...at(parts, 0).shape];
  shape[axis] = parts.reduce((sum, part) => sum + at(part.shape, axis), 0);
  const outer = numelOf(shape.slice(0, axis));
  const inner = numelOf(shape.slice(axis + 1));
  const values: number[] = [];
  for (let block = 0; block < outer; block++) {
    for (const part of parts) {
      const length = at(part.shape, axis) * inner;
      values.push(...part.values.slice(block * length, (block + 1) * length));
    }
  }
  return { shape, values, whole: at(parts, 0).whole };
}

/** Element by element, repeated where an axis has one. */
export function combined(
  operands: readonly Numbers[],
  of: (...values: number[]) => number,
  whole = at(operands, 0).whole,
): Numbers | undefined {
  const shape = broadcastShape(operands.map((operand) => operand.shape));
  if (!shape || numelOf(shape) > maxNumbers) return undefined;
  const expanded = operands.map((operand) => expandedTo(operand, shape).values);
  const values = allOf(numelOf(shape)).map((i) => of(...expanded.map((list) => at(list, i))));
  return { shape, values, whole };
}

/** @param shape that it fits */
export function expandedTo(numbers: Numbers, shape: readonly number[]): Numbers {
  const missing = shape.length - numbers.shape.length;
  const own = [...new Array<number>(missing).fill(1), ...numbers.shape];
  const picked = shape.map((size, axis) => (own[axis] === 1 ? new Array<number>(size).fill(0) : allOf(size)));
  return pick({ ...numbers, shape: own }, picked) ?? numbers;
}
