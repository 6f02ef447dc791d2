/** Inputs for models that come without any: seeded, so that every evaluation sees the same. */
import { CheckpointError } from '../../lib/errors';
import { known } from '../../lib/known';
import { isFloat, labelOf } from '../../tensors/dtype';
import { numelOf } from '../../tensors/tensor';
import type { GraphValue } from '../protocol';
import { fromNumbers, isNumeric, type Values } from '../values';
import { dimensionName, openDimensions } from './axes';
import { batchesOf, type Dataset } from './dataset';

/** Ids below it are words (or bytes) in every vocabulary. */
const maxToken = 100;

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
