/** One graph with its inputs: what the original makes of them, and what a pruned model does. Runs in a worker or in Node alike. */
import { CheckpointError } from '../lib/errors';
import { at, found, known } from '../lib/known';
import { chooseDelivery } from './chooseDelivery';
import { Comparison, type ComparisonPlan, type FloatOutputs, planComparison, QualitySums } from './comparison';
import { doubtsAbout } from './doubts';
import { type Batch, type Dataset, labelsOf } from './inputs/dataset';
import { splitSamples } from './inputs/split';
import { subsetOf } from './inputs/subset';
import { batchesInPace, firstBatchesOf, probeOf } from './pace';
import type { Baseline, Delivery, Evaluation, Outcomes, Parts, SamplePicture } from './protocol';
import { type EvaluationContext, type Runnable, runBatches } from './running';
import type { ModelSession } from './runtime';
import { picturesOf } from './samplePictures';
import type { NamedValues } from './values';
import { PatchedModel, type WeightDelivery, whyNotFeedable } from './weightDelivery';
import { PrunedWeights } from './weights';

/** What the original makes of the inputs. */
interface Original {
  readonly plan: ComparisonPlan;
  /** In the order in which they are run, the same every time. */
  readonly batches: readonly Batch[];
  /** Of each batch. */
  readonly outputs: readonly FloatOutputs[];
  readonly baseline: Baseline;
  /** What about the inputs is probably wrong, one sentence each. */
  readonly doubts: readonly string[];
}

export class Evaluator {
  private readonly runnable: Runnable;
  private readonly original: Original;
  private delivery: WeightDelivery;
  private weights: PrunedWeights;
  private parted:
    | { readonly seed: number; readonly parts: Parts; readonly of: ReadonlyMap<keyof Parts, Original> }
    | undefined;

  private constructor(runnable: Runnable, original: Original, delivery: WeightDelivery) {
    this.runnable = runnable;
    this.original = original;
    this.delivery = delivery;
    this.weights = newWeights(runnable);
  }

  get baseline(): Baseline {
    return this.original.baseline;
  }

  get doubts(): readonly string[] {
    return this.original.doubts;
  }

  /** One a sample in the order of figures by sample; undefined where samples have none. */
  get labels(): Int32Array | undefined {
    return labelsOf(this.original.batches);
  }

  /**
   * Runs the original, and finds out which way of giving it weights is faster, and in which batches.
   * @param wanted a delivery, where it is not to be measured
   */
  static async start(
    runnable: Runnable,
    dataset: Dataset,
    context: EvaluationContext,
    wanted?: Delivery,
  ): Promise<Evaluator> {
    const probe = probeOf(runnable, dataset);
    const { delivery, reason } = await chooseDelivery(runnable, probe, dataset.samples, context, wanted);
    try {
      const batches = await batchesInPace(runnable, dataset, delivery, context);
      const started = performance.now();
      const outputs = await outputsOf(delivery, batches, context);
      const milliseconds = performance.now() - started;
      const names = runnable.outputs.map(({ name }) => name);
      const plan = planComparison(names, at(outputs, 0), at(batches, 0));
      if (plan.outputs.length === 0) {
        throw new CheckpointError('evaluation-failed', 'The model has no output of numbers that could be compared.');
      }
      const quality = new QualitySums(plan);
      batches.forEach((batch, i) => {
        quality.add(at(outputs, i), batch);
      });
      const { figures, bySample, chosen } = quality;
      const baseline = { ...figures, bySample, ...chosen, milliseconds, delivery: delivery.by, deliveryReason: reason };
      const doubts = doubtsAbout({ plan, outputs, batches, graph: runnable.graph.operators.main });
      return new Evaluator(runnable, { plan, batches, outputs, baseline, doubts }, delivery);
    } catch (error) {
      await delivery.release();
      throw error;
    }
  }

  /** What is found on one half can be judged on the other: see the protocol. */
  async split(seed: number, context: EvaluationContext): Promise<Parts> {
    if (this.parted?.seed === seed) return this.parted.parts;
    const { batches } = this.original;
    const samples = batches.reduce((sum, batch) => sum + batch.samples, 0);
    const { first: search, second: verdict } = splitSamples(samples, this.labels, { share: 0.5 }, seed);
    const parts = { search, verdict };
    const of = new Map<keyof Parts, Original>();
    await this.weights.update(new Map(), this.delivery.put, context.signal);
    for (const part of ['search', 'verdict'] as const) of.set(part, await this.originalOf(parts[part], context));
    this.parted = { seed, parts, of };
    return parts;
  }

  /** The original on some of the samples. */
  private async originalOf(places: readonly number[], context: EvaluationContext): Promise<Original> {
    const { batches } = subsetOf(this.runnable.inputs, this.original, places);
    return { ...this.original, batches, outputs: await outputsOf(this.delivery, batches, context) };
  }

  /** Says with its progress what the samples so far come to, from when they are enough for a first figure. */
  async evaluate(outcomes: Outcomes, context: EvaluationContext, part?: keyof Parts): Promise<Evaluation> {
    const started = performance.now();
    await this.ensureFeedable(outcomes);
    await this.weights.update(outcomes, this.delivery.put, context.signal);
    const original = part ? known(found(this.parted, 'inputs in parts').of, part) : this.original;
    return this.delivery.use((session, weights) => this.compare(original, session, weights, context, started));
  }

  /** Another model on the same samples, against the original. */
  evaluateOther(session: ModelSession, context: EvaluationContext): Promise<Evaluation> {
    return this.compare(this.original, session, new Map(), context, performance.now());
  }

  private async compare(
    { plan, batches, outputs, baseline }: Original,
    session: ModelSession,
    weights: NamedValues,
    { signal, progress }: EvaluationContext,
    started: number,
  ): Promise<Evaluation> {
    const comparison = new Comparison(plan);
    const [quality, unpruned] = [new QualitySums(plan), new QualitySums(plan)];
    const evaluation = (): Evaluation => ({
      outputs: comparison.result,
      ...quality.figures,
      bySample: { ...comparison.bySample, ...quality.bySample },
      ...quality.chosen,
      milliseconds: performance.now() - started,
    });
    const firstBatches = firstBatchesOf(batches, baseline.milliseconds);
    const total = batches.reduce((sum, { samples }) => sum + samples, 0);
    let done = 0;
    const quiet = { signal, progress: () => {} };
    await runBatches(session, weights, batches, quiet, (ofBatch, batch, i) => {
      comparison.add(at(outputs, i), ofBatch, batch);
      quality.add(ofBatch, batch);
      unpruned.add(at(outputs, i), batch);
      done += batch.samples;
      if (i + 1 < firstBatches || done === total) return;
      const partial = { evaluation: evaluation(), unpruned: unpruned.figures };
      progress({ stage: 'running', done, total, partial });
    });
    return evaluation();
  }

  /** Samples by their places in the order of figures by sample, ascending. */
  pictures(places: readonly number[]): SamplePicture[] {
    return picturesOf(subsetOf(this.runnable.inputs, this.original, places).batches);
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

/** Of each batch, of the model as its weights are now. */
async function outputsOf(
  delivery: WeightDelivery,
  batches: readonly Batch[],
  context: EvaluationContext,
): Promise<FloatOutputs[]> {
  const outputs: FloatOutputs[] = [];
  await delivery.use((session, weights) =>
    runBatches(session, weights, batches, context, (ofBatch) => outputs.push(ofBatch)),
  );
  return outputs;
}

function newWeights({ graph, targets, fetch }: Runnable): PrunedWeights {
  return new PrunedWeights(graph.bytes, targets, fetch);
}
