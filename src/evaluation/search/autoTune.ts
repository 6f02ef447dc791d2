/** Auto-tune: a sparsity for each layer, from the sensitivity curves, confirmed by evaluating the whole model. */
import { at } from '../../lib/known';
import type { Recipe } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import type { MetricId } from '../metrics/metrics';
import { distortionOf, isBetter, metricValue } from '../quality';
import { allocate, type DistortionCurve, shiftedTo } from './allocation';
import type { Bench, Trial } from './bench';
import { globalRecipe, recipePerLayer } from './layerRecipes';
import type { SensitivityCurve } from './sensitivity';

/** What auto-tune is asked for. */
export type TuneGoal =
  /**
   * The sparsest model whose metric stays at least as good as `limit`: an absolute value (top-1 agreement 0.99, drift
   * 0.05), or for accuracy the value to stay above (baseline minus 0.01).
   */
  | { readonly kind: 'sparsest'; readonly metric: MetricId; readonly limit: number }
  /** The best metric at this sparsity, 0 to 1. */
  | { readonly kind: 'best'; readonly metric: MetricId; readonly sparsity: number };

/** The best that was found, and one global magnitude threshold with as many zeros. */
export interface Tuned {
  readonly best: Trial;
  readonly global: Trial;
}

/**
 * How much of the global threshold's allocation is mixed in, where some is. Layers do not quite add up, and magnitude knows of all of
 * them together: the best is often between the two.
 */
const blends = [0.25, 0.5, 0.75, 1];
/** Halvings of the sparsity: to half a percent. */
const halvings = 8;
/** Evaluations that may go into moving weights between layers. */
const maxMoves = 24;
/** Rounds of moving weights, then pruning more of all layers alike. */
const maxRounds = 4;
/** How much more or less of a layer is kept in a move; the finer one when the coarser helps no more. */
const moveFactors = [1.4, 1 / 1.4, 1.15, 1 / 1.15];

/** A sparsity for each layer, and what comes of it. */
interface Allocated extends Trial {
  /** By layer, as asked. */
  readonly sparsities: readonly number[];
}

/**
 * @param base the recipe that the layers come from
 * @param curves of these layers, complete
 * @returns undefined where already the unpruned model misses the goal
 * @throws CheckpointError whatever the bench throws, `cancelled`
 */
export async function autoTune(
  goal: TuneGoal,
  base: Recipe,
  layers: readonly Candidate[],
  curves: readonly SensitivityCurve[],
  bench: Bench,
  signal: AbortSignal,
): Promise<Tuned | undefined> {
  const search = new AllocationSearch(bench, base, layers, curves, signal);
  const best = goal.kind === 'best' ? await search.bestAt(goal.sparsity, goal.metric) : await search.sparsest(goal);
  if (!best) return undefined;
  const global = await bench.run(globalRecipe(base, layers, { count: best.zeros }), signal);
  return { best, global };
}

class AllocationSearch {
  private readonly bench: Bench;
  private readonly base: Recipe;
  private readonly layers: readonly Candidate[];
  private readonly curves: readonly DistortionCurve[];
  private readonly signal: AbortSignal;

  /** @param base the recipe that the layers come from */
  constructor(
    bench: Bench,
    base: Recipe,
    layers: readonly Candidate[],
    curves: readonly SensitivityCurve[],
    signal: AbortSignal,
  ) {
    this.bench = bench;
    this.base = base;
    this.layers = layers;
    this.curves = curves.map(({ weights, cells }) => ({
      weights,
      points: cells.map(({ sparsity, evaluation }) => ({ sparsity, distortion: distortionOf(evaluation) })),
    }));
    this.signal = signal;
  }

  /** The best of the blends at a sparsity, and what moving weights between layers makes of it. */
  async bestAt(sparsity: number, metric: MetricId): Promise<Allocated> {
    let best = await this.try(await this.blended(sparsity, 0));
    for (const blend of blends) {
      const tried = await this.try(await this.blended(sparsity, blend));
      if (isBetterTrial(tried, best, metric)) best = tried;
    }
    return this.improved(best, metric);
  }

  /** The greatest sparsity at which the goal is met; undefined where nothing meets it. */
  async sparsest({ metric, limit }: TuneGoal & { kind: 'sparsest' }): Promise<Allocated | undefined> {
    const meets = ({ evaluation }: Trial) => {
      const value = metricValue(evaluation, metric) ?? Number.NaN;
      return !Number.isNaN(value) && !isBetter(metric, limit, value);
    };
    const start = await this.try(this.layers.map(() => 0));
    if (!meets(start)) return undefined;
    let best = await this.halve(start, halvings, 1, (sparsity) => this.blended(sparsity, 0), meets);
    for (const blend of blends) {
      // One that is no better than what there is already is dropped after its first try.
      const next = await this.try(await this.blended(Math.min(1, best.sparsity + 2 ** -halvings), blend));
      if (meets(next)) {
        best = await this.halve(next, halvings - 3, 1, (sparsity) => this.blended(sparsity, blend), meets);
      }
    }
    for (let round = 0; round < maxRounds; round++) {
      best = await this.improved(best, metric);
      const { sparsity, sparsities } = best;
      const shifted = async (wanted: number) => shiftedTo(sparsities, this.weights, wanted);
      best = await this.halve(best, halvings - 3, (1 + sparsity) / 2, shifted, meets);
      if (best.sparsity - sparsity < 2 ** -halvings) break;
    }
    return best;
  }

  /** From one that meets the goal to the sparsest of a family that does, by halving. */
  private async halve(
    start: Allocated,
    steps: number,
    end: number,
    family: (sparsity: number) => Promise<readonly number[]>,
    meets: (trial: Trial) => boolean,
  ): Promise<Allocated> {
    let best = start;
    let high = end;
    for (let step = 0; step < steps && high - best.sparsity > 2 ** -halvings; step++) {
      const middle = (best.sparsity + high) / 2;
      const tried = await this.try(await family(middle));
      if (meets(tried)) best = tried;
      else high = middle;
    }
    return best;
  }

  /** Moves weights between layers, at the same sparsity, as long as it helps. */
  private async improved(start: Allocated, metric: MetricId): Promise<Allocated> {
    const { sparsity } = start;
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
        if (tried.sparsity >= sparsity - 1e-4 && isBetterTrial(tried, best, metric)) best = tried;
      }
    }
    return best;
  }

  private get weights(): number[] {
    return this.curves.map(({ weights }) => weights);
  }

  private kept({ sparsities }: Allocated, layer: number): number {
    return (1 - at(sparsities, layer)) * at(this.curves, layer).weights;
  }

  private async try(sparsities: readonly number[]): Promise<Allocated> {
    const recipe = recipePerLayer(this.base, this.layers, sparsities);
    return { ...(await this.bench.run(recipe, this.signal)), sparsities };
  }

  private async blended(sparsity: number, blend: number): Promise<number[]> {
    const own = allocate(this.curves, sparsity);
    const shares = blend === 0 ? own : await this.globalShares(sparsity);
    return own.map((share, i) => share + (at(shares, i) - share) * blend);
  }

  /** What one global threshold takes of each layer. */
  private async globalShares(sparsity: number): Promise<number[]> {
    const { outcomes } = await this.bench.resolve(globalRecipe(this.base, this.layers, { sparsity }), this.signal);
    return this.layers.map(({ id, statistics }) => (outcomes.get(id)?.zeros ?? 0) / statistics.count);
  }
}

/** By the metric; among equals (accuracies of small sets often are) the one with less distortion. */
function isBetterTrial(trial: Trial, other: Trial, metric: MetricId): boolean {
  const value = metricValue(trial.evaluation, metric) ?? Number.NaN;
  const otherValue = metricValue(other.evaluation, metric) ?? Number.NaN;
  if (value !== otherValue) return isBetter(metric, value, otherValue);
  return distortionOf(trial.evaluation) < distortionOf(other.evaluation);
}
