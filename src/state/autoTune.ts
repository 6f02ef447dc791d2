/**
 * Auto-tune: a sparsity for each layer, from the sensitivity curves, confirmed by evaluating the whole model, and held
 * against one global magnitude threshold at the same sparsity.
 */

import { allocate, type DistortionCurve, shiftedTo } from '../evaluation/allocation';
import { distortionOf, isBetter, metrics, metricValue } from '../evaluation/quality';
import { formatPercent } from '../lib/numbers';
import type { Recipe } from '../pruning/recipe';
import type { Candidate } from '../pruning/resolution';
import type { MetricId, Sensitivity, TrailPoint, TuneGoal, Tuning } from './evaluation';
import type { EvaluationContext, Run } from './evaluationContext';
import { globalRecipe, layersIn, recipePerLayer } from './layerRecipes';
import { defaultLadder, isComplete, runSensitivity } from './sensitivity';

/**
 * How much of the global threshold's allocation is mixed in. Layers do not quite add up, and magnitude knows of all of
 * them together: the best is often between the two.
 */
const blends = [0, 0.25, 0.5, 0.75, 1];
/** Halvings of the sparsity: to half a percent. */
const halvings = 8;
/** Evaluations that may go into moving weights between layers. */
const maxMoves = 24;
/** Rounds of moving weights, then pruning more of all layers alike. */
const maxRounds = 4;
/** How much more or less of a layer is kept in a move; the finer one when the coarser helps no more. */
const moveFactors = [1.4, 1 / 1.4, 1.15, 1 / 1.15];

interface Tried {
  /** By layer, as asked. */
  readonly sparsities: readonly number[];
  readonly recipe: Recipe;
  readonly run: Run;
}

/**
 * Fills `state.tuning`, adds the answer and the global threshold's to the trail, and applies the answer.
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function runAutoTune(context: EvaluationContext, goal: TuneGoal, signal: AbortSignal): Promise<void> {
  const { studio, state, update, point } = context;
  update({ tuning: { goal, state: 'running', evaluations: 0 } });
  const change = (partial: Partial<Tuning>) => update({ tuning: { ...state().tuning!, ...partial } });
  const counted: EvaluationContext = {
    ...context,
    run: async (recipe, runSignal) => {
      const run = await context.run(recipe, runSignal);
      change({ evaluations: (state().tuning?.evaluations ?? 0) + 1 });
      return run;
    },
  };
  try {
    const { recipe } = studio.get();
    const layers = layersIn(recipe, studio.candidates);
    if (!isComplete(state().sensitivity, layers)) await runSensitivity(context, defaultLadder, signal);
    const search = new Search(counted, recipe, layers, state().sensitivity!, signal);
    const best = goal.kind === 'best' ? await search.bestAt(goal.sparsity, goal.metric) : await search.sparsest(goal);
    if (!best) {
      const verdict = `Already the unpruned model misses this goal for ${metrics[goal.metric].label}.`;
      change({ state: 'impossible', verdict });
      return;
    }
    const equal = globalRecipe(recipe, layers, { count: best.run.zeros });
    const tuned = point(best.recipe, best.run, 'auto-tune');
    const global = point(equal, await counted.run(equal, signal), 'global');
    update({ trail: [...state().trail, global, tuned] });
    change({ state: 'finished', tuned, global, verdict: verdictOn(tuned, global, goal.metric) });
    studio.get().applyRecipe(tuned.recipe);
  } catch (error) {
    change({ state: 'cancelled' });
    throw error;
  }
}

class Search {
  private readonly context: EvaluationContext;
  private readonly base: Recipe;
  private readonly layers: readonly Candidate[];
  private readonly curves: readonly DistortionCurve[];
  private readonly signal: AbortSignal;

  /** @param base the recipe that the layers come from */
  constructor(
    context: EvaluationContext,
    base: Recipe,
    layers: readonly Candidate[],
    { curves }: Sensitivity,
    signal: AbortSignal,
  ) {
    this.context = context;
    this.base = base;
    this.layers = layers;
    this.curves = curves.map(({ weights, cells }) => ({
      weights,
      points: cells.map(({ sparsity, evaluation }) => ({ sparsity, distortion: distortionOf(evaluation) })),
    }));
    this.signal = signal;
  }

  /** The best of the blends at a sparsity, and what moving weights between layers makes of it. */
  async bestAt(sparsity: number, metric: MetricId): Promise<Tried> {
    let best: Tried | undefined;
    for (const blend of blends) {
      const tried = await this.try(await this.blended(sparsity, blend));
      if (!best || isBetterRun(tried.run, best.run, metric)) best = tried;
    }
    return this.improved(best!, metric);
  }

  /** The greatest sparsity at which the goal is met; undefined where nothing meets it. */
  async sparsest({ metric, limit }: TuneGoal & { kind: 'sparsest' }): Promise<Tried | undefined> {
    const meets = ({ evaluation }: Run) => {
      const value = metricValue(evaluation, metric) ?? Number.NaN;
      return !Number.isNaN(value) && !isBetter(metric, limit, value);
    };
    const start = await this.try(this.layers.map(() => 0));
    if (!meets(start.run)) return undefined;
    let best = await this.halve(start, halvings, 1, (sparsity) => this.blended(sparsity, 0), meets);
    for (const blend of blends.slice(1)) {
      // One that is no better than what there is already is dropped after its first try.
      const next = await this.try(await this.blended(Math.min(1, best.run.sparsity + 2 ** -halvings), blend));
      if (meets(next.run)) {
        best = await this.halve(next, halvings - 3, 1, (sparsity) => this.blended(sparsity, blend), meets);
      }
    }
    for (let round = 0; round < maxRounds; round++) {
      best = await this.improved(best, metric);
      const { run, sparsities } = best;
      const shifted = async (sparsity: number) => shiftedTo(sparsities, this.weights, sparsity);
      best = await this.halve(best, halvings - 3, (1 + run.sparsity) / 2, shifted, meets);
      if (best.run.sparsity - run.sparsity < 2 ** -halvings) break;
    }
    return best;
  }

  /** From one that meets the goal to the sparsest of a family that does, by halving. */
  private async halve(
    start: Tried,
    steps: number,
    end: number,
    family: (sparsity: number) => Promise<readonly number[]>,
    meets: (run: Run) => boolean,
  ): Promise<Tried> {
    let best = start;
    let high = end;
    for (let step = 0; step < steps && high - best.run.sparsity > 2 ** -halvings; step++) {
      const middle = (best.run.sparsity + high) / 2;
      const tried = await this.try(await family(middle));
      if (meets(tried.run)) best = tried;
      else high = middle;
    }
    return best;
  }

  /** Moves weights between layers, at the same sparsity, as long as it helps. */
  private async improved(start: Tried, metric: MetricId): Promise<Tried> {
    const { sparsity } = start.run;
    let best = start;
    let moves = 0;
    // What large layers keep matters most.
    const order = this.layers.map((_, i) => i).sort((a, b) => this.kept(best, b) - this.kept(best, a));
    for (const factor of moveFactors) {
      for (const layer of order) {
        if (moves >= maxMoves || order.length < 2) return best;
        const moved = best.sparsities.map((own, i) => (i === layer ? 1 - Math.min(1, (1 - own) * factor) : own));
        if (moved[layer] === best.sparsities[layer]) continue;
        moves++;
        const tried = await this.try(shiftedTo(moved, this.weights, sparsity, layer));
        if (tried.run.sparsity >= sparsity - 1e-4 && isBetterRun(tried.run, best.run, metric)) best = tried;
      }
    }
    return best;
  }

  private get weights(): number[] {
    return this.curves.map(({ weights }) => weights);
  }

  private kept({ sparsities }: Tried, layer: number): number {
    return (1 - sparsities[layer]!) * this.curves[layer]!.weights;
  }

  private async try(sparsities: readonly number[]): Promise<Tried> {
    const recipe = recipePerLayer(this.base, this.layers, sparsities);
    return { sparsities, recipe, run: await this.context.run(recipe, this.signal) };
  }

  private async blended(sparsity: number, blend: number): Promise<number[]> {
    const own = allocate(this.curves, sparsity);
    const shares = blend === 0 ? own : await this.globalShares(sparsity);
    return own.map((share, i) => share + (shares[i]! - share) * blend);
  }

  /** What one global threshold takes of each layer. */
  private async globalShares(sparsity: number): Promise<number[]> {
    const { outcomes } = await this.context.resolve(globalRecipe(this.base, this.layers, { sparsity }), this.signal);
    return this.layers.map(({ id, statistics }) => (outcomes.get(id)?.zeros ?? 0) / statistics.count);
  }
}

/** By the metric; among equals (accuracies of small sets often are) the one with less distortion. */
function isBetterRun(run: Run, other: Run, metric: MetricId): boolean {
  const value = metricValue(run.evaluation, metric) ?? Number.NaN;
  const otherValue = metricValue(other.evaluation, metric) ?? Number.NaN;
  if (value !== otherValue) return isBetter(metric, value, otherValue);
  return distortionOf(run.evaluation) < distortionOf(other.evaluation);
}

function verdictOn(tuned: TrailPoint, global: TrailPoint, metric: MetricId): string {
  const { label, fraction } = metrics[metric];
  const text = (point: TrailPoint) => {
    const value = metricValue(point.evaluation, metric) ?? Number.NaN;
    return fraction ? formatPercent(value) : value.toPrecision(3);
  };
  const mine = metricValue(tuned.evaluation, metric) ?? Number.NaN;
  const theirs = metricValue(global.evaluation, metric) ?? Number.NaN;
  const at = `At ${formatPercent(tuned.sparsity)} sparsity: ${label} ${text(tuned)}`;
  if (mine === theirs) return `${at}, the same as one global magnitude threshold.`;
  const how = isBetter(metric, mine, theirs) ? 'better' : 'worse';
  return `${at}, ${how} than one global magnitude threshold (${text(global)}).`;
}
