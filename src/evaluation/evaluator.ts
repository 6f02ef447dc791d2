/** One graph with its inputs: what the original makes of them, and what a pruned model does. Runs in a worker or in Node alike. */
import type { CallContextOf } from '../lib/calls/protocol';
import { CheckpointError, throwIfCancelled } from '../lib/errors';
import { at } from '../lib/known';
import {
  Comparison,
  type ComparisonPlan,
  type FloatOutputs,
  floatOutputs,
  planComparison,
  QualitySums,
} from './comparison';
import { doubtsAbout } from './doubts';
import type { ModelInMemory } from './graph/modelInMemory';
import type { Batch, Dataset } from './inputs/dataset';
import type { Target } from './pairing';
import type { Baseline, Delivery, Evaluation, EvaluationProgress, GraphValue, Outcomes } from './protocol';
import type { LoadedRuntime, ModelSession } from './runtime';
import type { NamedValues } from './values';
import { FedWeights, PatchedModel, type WeightDelivery, whyNotFeedable } from './weightDelivery';
import { type FetchWeights, PrunedWeights } from './weights';

export type EvaluationContext = CallContextOf<EvaluationProgress>;

/** A graph that is ready to be run. */
export interface Runnable {
  readonly runtime: LoadedRuntime;
  readonly graph: ModelInMemory;
  readonly targets: readonly Target[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly fetch: FetchWeights;
}

export class Evaluator {
  private readonly runnable: Runnable;
  private readonly dataset: Dataset;
  private readonly plan: ComparisonPlan;
  private readonly original: readonly FloatOutputs[];
  private delivery: WeightDelivery;
  private weights: PrunedWeights;
  readonly baseline: Baseline;
  /** What about the inputs is probably wrong, one sentence each. */
  readonly doubts: readonly string[];

  private constructor(
    runnable: Runnable,
    dataset: Dataset,
    plan: ComparisonPlan,
    original: readonly FloatOutputs[],
    delivery: WeightDelivery,
    baseline: Baseline,
    doubts: readonly string[],
  ) {
    this.runnable = runnable;
    this.dataset = dataset;
    this.plan = plan;
    this.original = original;
    this.delivery = delivery;
    this.baseline = baseline;
    this.doubts = doubts;
    this.weights = newWeights(runnable);
  }

  /**
   * Runs the original, and finds out which way of giving it weights is faster.
   * @param wanted a delivery, where it is not to be measured
   */
  static async start(
    runnable: Runnable,
    dataset: Dataset,
    context: EvaluationContext,
    wanted?: Delivery,
  ): Promise<Evaluator> {
    const { delivery, reason } = await chooseDelivery(runnable, dataset, context, wanted);
    try {
      const original: FloatOutputs[] = [];
      const started = performance.now();
      await delivery.use((session, weights) =>
        runBatches(session, weights, dataset.batches, context, (outputs) => original.push(outputs)),
      );
      const milliseconds = performance.now() - started;
      const names = runnable.outputs.map(({ name }) => name);
      const plan = planComparison(names, at(original, 0), at(dataset.batches, 0));
      if (plan.outputs.length === 0) {
        throw new CheckpointError('evaluation-failed', 'The model has no output of numbers that could be compared.');
      }
      const quality = new QualitySums(plan);
      original.forEach((outputs, i) => {
        quality.add(outputs, at(dataset.batches, i));
      });
      const { figures, bySample } = quality;
      const baseline = { ...figures, bySample, milliseconds, delivery: delivery.by, deliveryReason: reason };
      const graph = runnable.graph.operators.main;
      const doubts = doubtsAbout({ plan, outputs: original, batches: dataset.batches, graph });
      return new Evaluator(runnable, dataset, plan, original, delivery, baseline, doubts);
    } catch (error) {
      await delivery.release();
      throw error;
    }
  }

  async evaluate(outcomes: Outcomes, context: EvaluationContext): Promise<Evaluation> {
    const started = performance.now();
    await this.ensureFeedable(outcomes);
    await this.weights.update(outcomes, this.delivery.put, context.signal);
    const comparison = new Comparison(this.plan);
    const quality = new QualitySums(this.plan);
    await this.delivery.use((session, weights) =>
      runBatches(session, weights, this.dataset.batches, context, (outputs, batch, i) => {
        comparison.add(at(this.original, i), outputs, batch);
        quality.add(outputs, batch);
      }),
    );
    const bySample = { ...comparison.bySample, ...quality.bySample };
    const milliseconds = performance.now() - started;
    return { outputs: comparison.result, ...quality.figures, bySample, milliseconds };
  }

  /** Equal outcomes may mean other masks from here on. */
  forgetMasks(): void {
    this.weights.forget();
  }

  async release(): Promise<void> {
    await this.delivery.release();
  }

  /** A tensor that cannot be fed, and was out until now, changes the delivery for good. */
  private async ensureFeedable(outcomes: Outcomes): Promise<void> {
    if (this.delivery.by === 'session') return;
    const { runtime, graph, targets } = this.runnable;
    if (whyNotFeedable(targets.filter(({ tensor }) => outcomes.has(tensor.id))) === undefined) return;
    await this.delivery.release();
    this.delivery = new PatchedModel(runtime, graph);
    this.weights = newWeights(this.runnable);
  }
}

function newWeights({ graph, targets, fetch }: Runnable): PrunedWeights {
  return new PrunedWeights(graph.bytes, targets, fetch);
}

/** Runs every batch; between them the worker looks at its messages, so that it can be cancelled. */
export async function runBatches(
  session: ModelSession,
  weights: NamedValues,
  batches: readonly Batch[],
  { signal, progress }: EvaluationContext,
  take: (outputs: FloatOutputs, batch: Batch, index: number) => void,
): Promise<void> {
  const total = batches.reduce((sum, { samples }) => sum + samples, 0);
  let done = 0;
  for (const [i, batch] of batches.entries()) {
    if (i > 0) await nextTask();
    throwIfCancelled(signal);
    progress({ stage: 'running', done, total });
    take(floatOutputs(await session.run(new Map([...batch.feeds, ...weights])), batch), batch, i);
    done += batch.samples;
  }
  throwIfCancelled(signal);
  progress({ stage: 'running', done, total });
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function chooseDelivery(
  runnable: Runnable,
  dataset: Dataset,
  context: EvaluationContext,
  wanted: Delivery | undefined,
): Promise<{ delivery: WeightDelivery; reason: string }> {
  const { runtime, graph, targets } = runnable;
  const defaults = targets.filter(({ tensor }) => tensor.byDefault);
  const obstacle = whyNotFeedable(defaults);
  if (obstacle !== undefined) return { delivery: new PatchedModel(runtime, graph), reason: obstacle };
  if (wanted === 'session') return { delivery: new PatchedModel(runtime, graph), reason: 'as asked' };
  const fed = new FedWeights(runtime, graph, defaults);
  if (wanted === 'inputs') return { delivery: fed, reason: 'as asked' };
  const patched = new PatchedModel(runtime, graph);
  try {
    const fedTime = await timeOf(fed, dataset, context).catch((error: unknown) => {
      // Some operators want their weights to be constants.
      if (error instanceof CheckpointError && error.code === 'evaluation-failed') return undefined;
      throw error;
    });
    if (fedTime === undefined) return { delivery: patched, reason: 'the graph does not take its weights as inputs' };
    const patchedTime = await timeOf(patched, dataset, context);
    const [best, other] = fedTime <= patchedTime ? [fed, patched] : [patched, fed];
    await other.release();
    const [faster, slower] = [Math.min(fedTime, patchedTime), Math.max(fedTime, patchedTime)].map(Math.round);
    const alternative = best === fed ? 'with a session for each evaluation' : 'with weights as inputs';
    return { delivery: best, reason: `${faster} ms against ${slower} ms ${alternative}` };
  } catch (error) {
    await fed.release();
    throw error;
  }
}

/** Estimated milliseconds of one evaluation, from the first batch. */
async function timeOf(delivery: WeightDelivery, { batches }: Dataset, context: EvaluationContext): Promise<number> {
  const first = batches.slice(0, 1);
  const run = (session: ModelSession, weights: NamedValues) => runBatches(session, weights, first, context, () => {});
  // Once for what only the first run costs.
  await delivery.use(run);
  const started = performance.now();
  let running = started;
  await delivery.use((session, weights) => {
    running = performance.now();
    return run(session, weights);
  });
  const making = running - started;
  return making + (performance.now() - running) * batches.length;
}
