/** What groups of channels damage when some of each go alone: the model is run without them. */
import { costsOf, whole } from '../../graph/slim/costs';
import { keptWithout, planOf, removableCounts, rounded } from '../../graph/slim/plan';
import type { Unit } from '../../graph/slim/units';
import { throwIfCancelled } from '../../lib/errors';
import { at } from '../../lib/known';
import { Comparison, type ComparisonPlan, type FloatOutputs, planComparison } from '../comparison';
import { type Batch, type Dataset, smallBatches } from '../inputs/dataset';
import { distortionOf } from '../quality';
import { type EvaluationContext, type Runnable, runBatches } from '../running';
import type { ModelSession } from '../runtime';
import type { Analysis } from './analysis';
import { type BudgetGroup, measuredCounts } from './budget';
import { planned, readBeside, withSession } from './running';

/** A group's units, those that matter least first. */
export interface RankedGroup {
  readonly units: readonly Unit[];
  readonly counts: readonly number[];
}

/** Multiplications of one run of the model over the samples: half a second of a thread. Told by no clock, so that all runs are alike. */
const runMacs = 2.5e9;
const leastSamples = 8;
const mostSamples = 128;
const batchSamples = 32;

/** Groups that can lose any, in the order of the graph. */
export function rankedGroups(byGroup: ReadonlyMap<number, readonly Unit[]>): RankedGroup[] {
  return [...byGroup.values()]
    .map((units) => ({ units, counts: removableCounts(units) }))
    .filter(({ counts }) => counts.length > 1);
}

/** @param measure of which `saved` is a share: time goes with multiplications, bytes with parameters */
export async function measuredGroups(
  runnable: Runnable,
  analysis: Analysis,
  bytes: Uint8Array<ArrayBuffer>,
  groups: readonly RankedGroup[],
  dataset: Dataset,
  measure: 'macs' | 'parameters',
  context: EvaluationContext,
): Promise<BudgetGroup[]> {
  const { model, walk, units, isParameter } = analysis;
  const quiet = { ...context, progress: () => {} };
  const costs = costsOf(walk, whole, isParameter);
  const all = costs[measure];
  const fitting = Math.floor((runMacs * analysis.samples) / Math.max(1, costs.macs));
  const samples = Math.min(mostSamples, Math.max(leastSamples, fitting));
  // Few groups are measured more finely.
  const points = groups.length > 60 ? 2 : groups.length > 24 ? 3 : 4;
  const measured = groups.map(({ counts }) => measuredCounts(counts, points));
  const total = measured.reduce((sum, { length }) => sum + length, 0) + 1;
  let done = 0;
  const report = () => context.progress({ stage: 'slimming', done, total, what: 'measuring groups of channels' });
  report();
  const original = await readBeside(runnable, await planned(model, bytes, planOf(walk, [])));
  const reference = await withSession(runnable, original, (session) =>
    Reference.of(runnable, session, dataset, samples, quiet),
  );
  const result: BudgetGroup[] = [];
  for (const [i, { units: own, counts }] of groups.entries()) {
    const found: BudgetGroup['points'][number][] = [];
    for (const gone of at(measured, i)) {
      done++;
      report();
      throwIfCancelled(context.signal);
      const chosen = rounded(walk, units.units, own.slice(0, gone));
      const left = costsOf(walk, keptWithout(walk, chosen), isParameter)[measure];
      const smaller = await readBeside(runnable, await planned(model, bytes, planOf(walk, chosen)));
      const damage = await withSession(runnable, smaller, (session) => reference.damageOf(session, quiet));
      found.push({ gone, damage, saved: (all - left) / Math.max(1, all) });
    }
    result.push({ counts, points: found });
  }
  return result;
}

/** What the model makes of some samples, to hold others against. */
class Reference {
  private readonly plan: ComparisonPlan;
  private readonly batches: readonly Batch[];
  private readonly outputs: readonly FloatOutputs[];

  private constructor(plan: ComparisonPlan, batches: readonly Batch[], outputs: readonly FloatOutputs[]) {
    this.plan = plan;
    this.batches = batches;
    this.outputs = outputs;
  }

  static async of(
    { inputs, outputs: named }: Runnable,
    session: ModelSession,
    dataset: Dataset,
    samples: number,
    context: EvaluationContext,
  ): Promise<Reference> {
    const outputs: FloatOutputs[] = [];
    const batches = smallBatches(inputs, dataset, batchSamples, samples);
    await runBatches(session, new Map(), batches, context, (own) => outputs.push(own));
    const plan = planComparison(
      named.map(({ name }) => name),
      at(outputs, 0),
      at(batches, 0),
    );
    return new Reference(plan, batches, outputs);
  }

  /** KL divergence, or the square of relative L2. */
  async damageOf(session: ModelSession, context: EvaluationContext): Promise<number> {
    const comparison = new Comparison(this.plan);
    await runBatches(session, new Map(), this.batches, context, (own, batch, i) =>
      comparison.add(at(this.outputs, i), own, batch),
    );
    return distortionOf({ outputs: comparison.result, milliseconds: 0 });
  }
}
