/** How much of the inputs is run at a time, so that a first figure comes soon and a change waits for little. */
import { at, known } from '../lib/known';
import type { FloatOutputs } from './comparison';
import { arranged, isOpen } from './inputs/arrange';
import { type Batch, type Dataset, smallBatches } from './inputs/dataset';
import { type EvaluationContext, type Runnable, runBatches } from './running';
import type { ModelSession } from './runtime';
import type { NamedValues } from './values';
import type { WeightDelivery } from './weightDelivery';

/**
 * Of one batch. A quarter of a second is what a first figure may take, and before the batch the handle has to rest, the weights to
 * come, and another batch to end.
 */
const batchMilliseconds = 60;
/** What is over sooner shows no figures on its way. */
const soonOver = 2 * batchMilliseconds;
/** More at once makes no run faster. */
const maxBatchSamples = 64;
const probeSamples = 16;

/** Some samples to time runs with. */
export function probeOf({ inputs }: Runnable, dataset: Dataset): Batch {
  return at(smallBatches(inputs, dataset, probeSamples, probeSamples), 0);
}

const maxTimedRuns = 5;
const maxTimedMilliseconds = 250;

/** Milliseconds of the fastest of some runs: browsers compile WebAssembly once more while it runs. */
export async function timeRun(
  session: ModelSession,
  weights: NamedValues,
  batch: Batch,
  { signal }: EvaluationContext,
): Promise<number> {
  const quiet = { signal, progress: () => {} };
  const started = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < maxTimedRuns && performance.now() - started < maxTimedMilliseconds; run++) {
    const before = performance.now();
    await runBatches(session, weights, [batch], quiet, () => {});
    const taken = performance.now() - before;
    const isSettled = run > 0 && taken > 0.9 * best;
    best = Math.min(best, taken);
    if (isSettled) break;
  }
  return best;
}

/** The dataset in batches of the pace, as far as the graph allows it. */
export async function batchesInPace(
  { inputs }: Runnable,
  dataset: Dataset,
  probe: Batch,
  delivery: WeightDelivery,
  context: EvaluationContext,
): Promise<Batch[]> {
  if (!isOpen(inputs) || probe.samples === 1) return arranged(dataset, undefined);
  return delivery.use(async (session, weights) => {
    const eachTakes = (await timeRun(session, weights, probe, context)) / probe.samples;
    const fitting = Math.min(maxBatchSamples, batchMilliseconds / eachTakes);
    const size = 2 ** Math.floor(Math.log2(Math.max(1, fitting)));
    const part = at(smallBatches(inputs, dataset, Math.ceil(probe.samples / 2), probe.samples), 0);
    const ofAll: FloatOutputs[] = [];
    const quiet = { ...context, progress: () => {} };
    await runBatches(session, weights, [probe, part], quiet, (outputs) => ofAll.push(outputs));
    return arranged(dataset, standAlone(at(ofAll, 0), at(ofAll, 1), probe, part) ? size : undefined);
  });
}

/** Roundings of sums in another order. */
const tolerance = 1e-3;

/** Whether samples come to the same in other company: the first axis then counts them, and may be cut anywhere. */
function standAlone(whole: FloatOutputs, part: FloatOutputs, { samples }: Batch, { samples: some }: Batch): boolean {
  return [...part].every(([name, { floats, shape }]) => {
    const all = known(whole, name);
    if (shape[0] !== some || all.shape[0] !== samples) return false;
    const scale = floats.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return floats.every((value, i) => Math.abs(value - (all.floats[i] ?? Number.NaN)) <= tolerance * scale);
  });
}

/**
 * After how many batches there is a first figure.
 * @param milliseconds of all
 */
export function firstBatchesOf(batches: readonly Batch[], milliseconds: number): number {
  if (milliseconds <= soonOver) return batches.length;
  return Math.max(1, Math.round((batches.length * batchMilliseconds) / milliseconds));
}
