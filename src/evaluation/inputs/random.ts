/** Inputs for models that come without any: seeded, so that every evaluation sees the same. */
import { CheckpointError } from '../../lib/errors';
import { known } from '../../lib/known';
import { isFloat, labelOf } from '../../tensors/dtype';
import { numelOf } from '../../tensors/tensor';
import type { Dimension, GraphValue } from '../protocol';
import { fromNumbers, isNumeric, type Values } from '../values';
import { batchesOf, type Dataset } from './dataset';

/** Sizes to start from, by what people name such axes. */
const batchSize = 8;
const sequenceLength = 32;
const imageSide = 224;
const otherSize = 16;

/** Ids below it are words (or bytes) in every vocabulary. */
const maxToken = 100;

/** The name by which an open axis can be set. */
export function dimensionName(input: GraphValue, axis: number, size: Dimension): string {
  return size === '' ? `${input.name}[${axis}]` : String(size);
}

/** Every open axis of the inputs once, with a size to start from. */
export function openDimensions(inputs: readonly GraphValue[]): { name: string; size: number }[] {
  const sizes = new Map<string, number>();
  for (const input of inputs) {
    const { shape = [] } = input;
    shape.forEach((size, axis) => {
      if (typeof size === 'number') return;
      const name = dimensionName(input, axis, size);
      if (!sizes.has(name)) sizes.set(name, startingSize(name, axis, shape.length));
    });
  }
  return [...sizes].map(([name, size]) => ({ name, size }));
}

function startingSize(name: string, axis: number, rank: number): number {
  if (/past|cache/i.test(name)) return 1;
  if (axis === 0 || /batch/i.test(name)) return batchSize;
  if (/seq|len|time|token/i.test(name)) return sequenceLength;
  if (/height|width|^[hw]$/i.test(name) || (rank === 4 && axis >= 2)) return imageSide;
  return otherSize;
}

/**
 * Standard normal numbers for floats; for integers small ids, except where a name says mask (ones), position (counting
 * up) or type (zeros).
 * @throws CheckpointError `evaluation-failed` for inputs that hold no numbers
 */
export function randomInputs(
  inputs: readonly GraphValue[],
  seed: number,
  dimensions: Readonly<Record<string, number>>,
): Dataset {
  const next = randomFrom(seed);
  const defaults = new Map(openDimensions(inputs).map(({ name, size }) => [name, size]));
  const arrays = new Map<string, Values>();
  for (const input of inputs) {
    if (!isNumeric(input.dtype) || !input.shape) {
      throw new CheckpointError(
        'evaluation-failed',
        `The model's input ${input.name} (${labelOf(input.dtype)}) has no shape and type that random numbers could fill.`,
        { advice: 'Give inputs as a file.' },
      );
    }
    const shape = input.shape.map((size, axis) => {
      if (typeof size === 'number') return size;
      const name = dimensionName(input, axis, size);
      return dimensions[name] ?? known(defaults, name);
    });
    const draw = drawer(input, shape, next);
    arrays.set(
      input.name,
      fromNumbers(
        input.dtype,
        shape,
        Array.from({ length: numelOf(shape) }, (_, i) => draw(i)),
      ),
    );
  }
  const { samples, batches } = batchesOf(inputs, arrays, undefined);
  return { title: `random numbers, seed ${seed}`, samples, batches, labelled: false, remarks: [] };
}

function drawer({ name, dtype }: GraphValue, shape: readonly number[], next: () => number): (index: number) => number {
  if (isFloat(dtype)) return () => normal(next);
  if (dtype === 'BOOL' || /mask/i.test(name)) return () => 1;
  if (/position/i.test(name)) return (index) => index % (shape.at(-1) ?? 1);
  if (/type/i.test(name)) return () => 0;
  return () => Math.floor(next() * maxToken);
}

/** Uniform in [0, 1): mulberry32 (Tommy Ettinger, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller's. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
