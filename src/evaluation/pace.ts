/** How much of the inputs is run at a time, so that a first figure comes soon and a change waits for little. */
import { CheckpointError } from '../lib/errors';
import { at, known } from '../lib/known';
import type { FloatOutputs } from './comparison';
import { arranged } from './inputs/arrange';
import { type Batch, type Dataset, isOpen, smallBatches } from './inputs/dataset';
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
  { inputs, graph, runtime }: Runnable,
  dataset: Dataset,
  delivery: WeightDelivery,
  { signal }: EvaluationContext,
): Promise<Batch[]> {
  const asCut = arranged(dataset, undefined);
  // A GPU takes as long for a few samples as for many.
  if (runtime.runtime.backend === 'webgpu') return asCut;
  const [some, ...parts] = graph.takesMany
    ? [arranged(dataset, probeSamples)[0], ...asCut.slice(0, partsCompared)]
    : [arranged(dataset, probeSamples)[0], arranged(dataset, probeSamples / 2)[0]];
  if (!some || some.samples === 1 || !(isOpen(inputs) || graph.takesMany)) return asCut;
  return delivery.use(async (session, weights) => {
    const quiet = { signal, progress: () => {} };
    const standAlone = await areAlone(some, parts, async (batch) => {
      let outputs: FloatOutputs = new Map();
      await runBatches(session, weights, [batch], quiet, (ofBatch) => {
        outputs = ofBatch;
      });
      return outputs;
    });
    if (!standAlone) return asCut;
    const eachTakes = (await timeRun(session, weights, some, quiet)) / some.samples;
    const fitting = Math.min(maxBatchSamples, batchMilliseconds / eachTakes);
    return arranged(dataset, 2 ** Math.floor(Math.log2(Math.max(1, fitting))));
  });
}

/** Of a graph of one sample, held against as many of several. */
const partsCompared = 4;

/**
 * Whether samples come to the same in other company: the first axis then counts them, and may be cut anywhere.
 * @param parts the first samples of `some`, one part behind the other
 */
async function areAlone(
  some: Batch,
  parts: readonly (Batch | undefined)[],
  run: (batch: Batch) => Promise<FloatOutputs>,
): Promise<boolean> {
  const whole = await run(some).catch((error: unknown) => {
    // A graph for one sample may have its sizes written in many places.
    if (error instanceof CheckpointError && error.code === 'evaluation-failed') return undefined;
    throw error;
  });
  if (!whole) return false;
  let from = 0;
  for (const part of parts) {
    if (!part) continue;
    if (!areSame(whole, some.samples, await run(part), from, part.samples)) return false;
    from += part.samples;
  }
  return true;
}

/** Roundings of sums in another order. */
const tolerance = 1e-3;

/** Whether rows of `whole` are those of `part`. @param from the first of them */
function areSame(whole: FloatOutputs, samples: number, part: FloatOutputs, from: number, rows: number): boolean {
  return [...part].every(([name, { floats, shape }]) => {
    const all = known(whole, name);
    if (shape[0] !== rows || all.shape[0] !== samples) return false;
    const scale = floats.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const start = (from * floats.length) / rows;
    return floats.every((value, i) => Math.abs(value - (all.floats[start + i] ?? Number.NaN)) <= tolerance * scale);
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
