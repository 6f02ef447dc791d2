/** Which inputs a repair is fitted on, and which are left to judge it by. */
import { CheckpointError } from '../../lib/errors';
import { type Dataset, labelsOf } from '../inputs/dataset';
import { splitSamples } from '../inputs/split';
import { subsetOf } from '../inputs/subset';
import type { GraphValue } from '../protocol';

/** Fewer say too little of a layer's inputs (measured: 32 images win back three quarters of what 256 do). */
export const leastCalibration = 32;

/** What a repair is given. */
export interface CalibrationSet {
  readonly title: string;
  readonly dataset: Dataset;
}

/**
 * A share of the inputs for the repair, and the rest for the figures.
 * @throws CheckpointError `evaluation-failed` where half of them are too few
 */
export function sharedCalibration(
  inputs: readonly GraphValue[],
  dataset: Dataset,
  { samples: wanted, seed }: { readonly samples: number; readonly seed: number },
): CalibrationSet & { readonly judged: Dataset } {
  const count = Math.min(wanted, Math.floor(dataset.samples / 2));
  if (count < leastCalibration) throw tooFew(count, `half of the ${dataset.samples} inputs`);
  const { first, second } = splitSamples(dataset.samples, labelsOf(dataset.batches), { count }, seed);
  const part = (indices: readonly number[]) => subsetOf(inputs, dataset, indices);
  return { title: `${count} of ${dataset.title}`, dataset: part(first), judged: part(second) };
}

/** @throws CheckpointError `evaluation-failed` where they are too few */
export function ownCalibration(inputs: readonly GraphValue[], dataset: Dataset, wanted: number): CalibrationSet {
  const count = Math.min(wanted, dataset.samples);
  if (count < leastCalibration) throw tooFew(count, dataset.title);
  if (count === dataset.samples) return { title: dataset.title, dataset };
  const first = Array.from({ length: count }, (_, sample) => sample);
  return { title: `${count} of ${dataset.title}`, dataset: subsetOf(inputs, dataset, first) };
}

function tooFew(count: number, from: string): CheckpointError {
  return new CheckpointError(
    'evaluation-failed',
    `A repair needs at least ${leastCalibration} samples; there ${count === 1 ? 'is' : 'are'} ${count} (${from}).`,
    { advice: 'Give it more inputs: they need no labels.' },
  );
}
