/** A repair: the weights that pruning left are fitted anew, layer by layer (docs/repair.md). */
import type { KeptRepair } from '../../engine/protocol';
import { throwIfCancelled } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { Turns } from '../../lib/turns';
import type { Repair, RepairedTensor } from '../../pruning/repair';
import { noRule, type Outcome } from '../../pruning/resolution';
import type { TensorId } from '../../tensors/tensor';
import { floatOutputs } from '../comparison';
import { elementsOf, putElements } from '../graph/modelInMemory';
import { type Batch, type Dataset, smallBatches } from '../inputs/dataset';
import { splitSamples } from '../inputs/split';
import { subsetOf } from '../inputs/subset';
import type { Target } from '../pairing';
import type { Outcomes, RefusedRepair, RepairRequest } from '../protocol';
import type { EvaluationContext, Runnable } from '../running';
import { toFloats } from '../values';
import { PrunedWeights, type PutElements } from '../weights';
import type { CalibrationSet } from './calibration';
import { type Fitted, initializerOf, LayerFit } from './layerFit';
import { type FitLayer, layersOfGraph } from './layers';
import { planOf } from './plan';
import { Products } from './products';
import { constantsOf, Walk } from './walk';
import { damageOf, driftsOf } from './wholeModel';

/** Has the engine keep the values of a repair, and of tensors of `rest` without any what the outcomes leave of them. */
export type KeepRepair = (
  id: string,
  values: ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>,
  rest: Outcomes,
  signal: AbortSignal,
) => Promise<KeptRepair>;

export interface RepairParts {
  readonly runnable: Runnable;
  readonly calibration: CalibrationSet;
  /** The inputs that the quality figures are measured on. */
  readonly judged: Dataset;
  readonly keep: KeepRepair;
}

/** Of the samples, what a fit is held against: every layer has to be the better for it. */
const heldShare = 1 / 8;
const heldSeed = 1;
/** What a batch of samples takes as it goes in; what layers make of it is several times as much. */
const batchBytes = 4 * 2 ** 20;
const maxBatchSamples = 32;
/** Of the inputs that quality is measured on: enough to tell whether the model is any better. */
const maxJudged = 128;
/** Every layer's output is in memory at once. */
const driftBatchSamples = 8;

/** @throws CheckpointError `cancelled`, `evaluation-failed`, `out-of-memory`; whatever the engine threw */
export async function repairModel(
  { runnable, calibration, judged, keep }: RepairParts,
  request: RepairRequest,
  context: EvaluationContext,
): Promise<Repair | RefusedRepair> {
  const { outcomes, settings, id, of, between = false } = request;
  const { signal } = context;
  const { graph, targets, fetch, inputs } = runnable;
  const pruned = graph.bytes.slice();
  const put: PutElements = (target, elements) => putElements(pruned, target.graph, elements);
  await new PrunedWeights(graph.bytes, targets, fetch).update(outcomes, put, signal);
  const layers = layersOfGraph(graph, targets);
  const plan = planOf(layers, (target) => isChanged(graph.bytes, pruned, target));
  const run = new RepairRun(runnable, pruned, calibration.dataset, context);
  const fitted = await run.fitAll(plan.stages, settings.damping, layers.dependencies);
  const leftOut = [...run.leftOut, ...plan.leftOut];
  if (fitted.size === 0) return { refused: whyNothing(leftOut) };
  const versions = { pruned, repaired: run.repaired };
  const damage = await damageOf(runnable, smallBatches(inputs, judged, maxBatchSamples, maxJudged), versions, signal);
  if (!(damage.repaired < damage.pruned)) {
    return { refused: 'The repaired model is no nearer to the original than the pruned one: nothing was kept.' };
  }
  const names = [...new Set([...fitted.keys()].map(({ output }) => output))];
  const heldBatches = smallBatches(inputs, run.held, driftBatchSamples, maxJudged);
  const drifts = await driftsOf(runnable, heldBatches, versions, names, signal);
  const values = new Map<TensorId, Uint8Array<ArrayBuffer>>();
  const named: Omit<RepairedTensor, 'zeros' | 'pruned'>[] = [];
  for (const [layer, tensors] of fitted) {
    for (const { target, values: own } of tensors) {
      const { id: tensor, name } = target.tensor;
      const role = roleOf(outcomes.get(tensor), target === layer.weight);
      values.set(tensor, own);
      named.push({ tensor, name, role, ...(target === layer.weight && known(drifts, layer.output)) });
    }
  }
  // What an earlier repair changed goes on with this one: its values are all that there is of it.
  const isOfEarlier = ({ program }: Outcome) => between || program.some(({ kind }) => kind === 'values');
  const rest = new Map([...outcomes].filter(([, outcome]) => isOfEarlier(outcome)));
  throwIfCancelled(signal);
  const { file, counts, added } = await keep(id, values, rest, signal);
  for (const { tensor, name, shape } of added) {
    named.push({ tensor, name, role: roleOf(outcomes.get(tensor), shape.length > 1) });
  }
  const tensors = named.map((each): RepairedTensor => {
    const pruned = each.role === 'pruned' ? (outcomes.get(each.tensor)?.pruned ?? 0) : 0;
    return { ...each, pruned, zeros: counts.get(each.tensor)?.zeros ?? 0 };
  });
  const { damping } = settings;
  const samples = calibration.dataset.samples;
  return { id, of, file, inputs: calibration.title, samples, damping, between, tensors, leftOut };
}

/** Outcomes of an earlier round have what a repair changed, too, under no rule. */
function roleOf(outcome: Outcome | undefined, isWeight: boolean): RepairedTensor['role'] {
  if (outcome && outcome.rule !== noRule) return 'pruned';
  return isWeight ? 'reader' : 'bias';
}

function whyNothing(leftOut: Repair['leftOut']): string {
  const [first] = leftOut;
  if (!first) return 'There is nothing to repair: no layer lost weights.';
  return `No layer could be repaired; the first was ${first.name}: ${first.reason}.`;
}

function isChanged(before: Uint8Array, after: Uint8Array, { graph }: Target): boolean {
  const own = elementsOf(before, graph);
  return elementsOf(after, graph).some((byte, i) => byte !== own[i]);
}

/** The way through the layers, of the original and of the model as repaired so far. */
class RepairRun {
  /** Bytes of the model. */
  readonly repaired: Uint8Array<ArrayBuffer>;
  readonly leftOut: Repair['leftOut'][number][] = [];
  /** What no fit has seen. */
  readonly held: Dataset;
  private readonly runnable: Runnable;
  private readonly pruned: Uint8Array<ArrayBuffer>;
  private readonly context: EvaluationContext;
  private readonly batches: readonly Batch[];
  /** The first of them that are held back. */
  private readonly heldFrom: number;
  private readonly samples: number;

  constructor(runnable: Runnable, pruned: Uint8Array<ArrayBuffer>, dataset: Dataset, context: EvaluationContext) {
    const { inputs } = runnable;
    this.runnable = runnable;
    this.pruned = pruned;
    this.repaired = pruned.slice();
    this.context = context;
    this.samples = dataset.samples;
    const { first, second } = splitSamples(dataset.samples, undefined, { share: heldShare }, heldSeed);
    this.held = subsetOf(inputs, dataset, first);
    const [own, held] = [subsetOf(inputs, dataset, second), this.held].map((part) => batchesOf(runnable, part)) as [
      Batch[],
      Batch[],
    ];
    this.batches = [...own, ...held];
    this.heldFrom = own.length;
  }

  async fitAll(
    stages: readonly (readonly FitLayer[])[],
    damping: number,
    dependencies: ConstructorParameters<typeof Walk>[2],
  ): Promise<ReadonlyMap<FitLayer, readonly Fitted[]>> {
    const { runnable, batches, context } = this;
    const { runtime, graph } = runnable;
    const fitted = new Map<FitLayer, readonly Fitted[]>();
    const total = stages.flat().length;
    const products = await Products.start(runtime, context.signal);
    const computed = stages
      .flat()
      .flatMap(({ bias, biasWithin }) =>
        bias || biasWithin === undefined || initializerOf(graph, biasWithin) ? [] : biasWithin,
      );
    try {
      const first = at(batches, 0);
      const biases = await constantsOf(runtime, graph, dependencies, first, this.pruned, [...new Set(computed)]);
      const original = new Walk(runtime, graph, dependencies, batches, graph.bytes);
      const repaired = new Walk(runtime, graph, dependencies, batches, this.repaired);
      for (const [i, stage] of stages.entries()) {
        const layer = at(stage, 0).weight.tensor.name;
        const report = (share: number) =>
          context.progress({
            stage: 'repairing',
            done: fitted.size + this.leftOut.length + share * stage.length,
            total,
            layer,
          });
        const fits = stage.map((each) => {
          const added = biases.get(each.biasWithin ?? '');
          return new LayerFit(each, graph, this.pruned, this.samples, added && toFloats(added));
        });
        const later = stages.slice(i + 1).flat();
        const [out, into] = [
          await original.begin(namesOf(stage, 'output'), namesOf(later, 'output')),
          await repaired.begin(namesOf(stage, 'activation'), namesOf(later, 'activation')),
        ];
        try {
          await this.seeAll(fits, out, into, products, report);
        } finally {
          await out.end();
          await into.end();
        }
        for (const fit of fits) {
          const { weight } = fit.layer;
          const tensors = await fit.fit(damping, products, context.signal);
          throwIfCancelled(context.signal);
          if (typeof tensors === 'string') {
            this.leftOut.push({ tensor: weight.tensor.id, name: weight.tensor.name, reason: tensors });
            continue;
          }
          for (const { target, elements } of tensors) putElements(this.repaired, target.graph, elements);
          fitted.set(fit.layer, tensors);
        }
      }
      context.progress({ stage: 'repairing', done: total, total });
    } finally {
      await products.release();
    }
    return fitted;
  }

  private async seeAll(
    fits: readonly LayerFit[],
    out: Awaited<ReturnType<Walk['begin']>>,
    into: Awaited<ReturnType<Walk['begin']>>,
    products: Products,
    report: (share: number) => void,
  ): Promise<void> {
    const turns = new Turns();
    let first = 0;
    for (const [index, batch] of this.batches.entries()) {
      await turns.next();
      throwIfCancelled(this.context.signal);
      report(index / this.batches.length);
      const outputs = floatOutputs(await out.run(index), batch);
      const activations = floatOutputs(await into.run(index), batch);
      const held = index >= this.heldFrom;
      for (const fit of fits) {
        const { layer } = fit;
        const [activation, output] = [known(activations, layer.activation), known(outputs, layer.output)];
        await fit.see({ activation, output, samples: batch.samples, first, held }, products);
        throwIfCancelled(this.context.signal);
      }
      first += batch.samples;
    }
  }
}

function namesOf(layers: readonly FitLayer[], which: 'activation' | 'output'): string[] {
  return [...new Set(layers.map((layer) => layer[which]))];
}

/** @param most samples altogether */
export function batchesOf({ inputs }: Runnable, dataset: Dataset, most = dataset.samples): Batch[] {
  const first = at(dataset.batches, 0);
  const bytes = [...first.feeds.values()].reduce((sum, values) => sum + values.bytes.length, 0) / first.samples;
  const size = Math.max(1, Math.min(maxBatchSamples, Math.floor(batchBytes / bytes)));
  return smallBatches(inputs, dataset, size, most);
}
