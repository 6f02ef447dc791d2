/** Auto-tune: a sparsity for each layer, from the sensitivity curves, confirmed by evaluating the whole model. */
import { at, found } from '../../lib/known';
import type { Recipe } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import type { MetricId } from '../metrics/metrics';
import { distortionOf } from '../quality';
import { allocate, type DistortionCurve, shiftedTo } from './allocation';
import type { Bench, Trial } from './bench';
import { reaches } from './bound';
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

/** The best that was found, and one global magnitude threshold with as many zeros: both on the inputs that judge. */
export interface Tuned {
  readonly best: Trial;
  readonly global: Trial;
}

/** What recipes are tried on. */
export interface TuneBenches {
  readonly search: Bench;
  /** Other inputs, which nothing is found with; absent: there are too few. */
  readonly verdict?: Bench | undefined;
}

/** What of the inputs is used for what. */
export interface TuneInputs {
  /** Among all inputs, those that are searched: curves are read there alone. Absent: all. */
  readonly searched?: readonly number[] | undefined;
  /** Whether a trial is within the goal's limit. Absent: its figure tells. */
  isWithin?(trial: Trial, part: keyof TuneBenches): boolean;
}

/**
 * How much of the global threshold's allocation is mixed in, where some is. Layers do not quite add up, and magnitude knows of all of
 * them together: the best is often between the two.
 */
const blends = [0, 0.5, 1];
/** Halvings of the sparsity: to a percent and a half. */
const halvings = 6;
/** Evaluations that may go into moving weights between layers. */
const maxMoves = 24;
/** Rounds of moving weights, then pruning more of all layers alike. */
const maxRounds = 2;
/** An answer that does not hold is given up in so many parts. */
const stepsBack = 16;
/** How much more or less of a layer is kept in a move; the finer one when the coarser helps no more. */
const moveFactors = [1.4, 1 / 1.4, 1.15, 1 / 1.15];

/** A sparsity for each layer, and what comes of it. */
interface Allocated extends Trial {
  /** By layer, as asked. */
  readonly sparsities: readonly number[];
}

/**
 * Candidates rank by how far the outputs moved (KL divergence, or relative L2), which is smooth; what the goal names is the
 * bound. The inputs that judge confirm the answer, or send it back to a less sparse one.
 * @param base the recipe that the layers come from
 * @param curves of these layers, complete
 * @returns undefined where already the unpruned model misses the goal
 * @throws CheckpointError whatever the benches throw, `cancelled`
 */
export async function autoTune(
  goal: TuneGoal,
  base: Recipe,
  layers: readonly Candidate[],
  curves: readonly SensitivityCurve[],
  benches: TuneBenches,
  signal: AbortSignal,
  inputs: TuneInputs = {},
): Promise<Tuned | undefined> {
  const search = new AllocationSearch(benches, base, layers, curves, signal, inputs);
  const best = goal.kind === 'best' ? await search.bestAt(goal.sparsity) : await search.sparsest(goal);
  if (!best) return undefined;
  const { search: searched, verdict = searched } = benches;
  const judged = await verdict.run(best.recipe, signal);
  const global = await verdict.run(globalRecipe(base, layers, { count: best.zeros }), signal);
  return { best: judged, global };
}

class AllocationSearch {
  private readonly benches: TuneBenches;
  private readonly base: Recipe;
  private readonly layers: readonly Candidate[];
  private readonly curves: readonly DistortionCurve[];
  private readonly signal: AbortSignal;
  private readonly isWithin: TuneInputs['isWithin'];

  /** @param base the recipe that the layers come from */
  constructor(
    benches: TuneBenches,
    base: Recipe,
    layers: readonly Candidate[],
    curves: readonly SensitivityCurve[],
    signal: AbortSignal,
    { searched, isWithin }: TuneInputs,
  ) {
    this.benches = benches;
    this.base = base;
    this.layers = layers;
    this.curves = curves.map(({ weights, cells }) => ({
      weights,
      points: cells.map(({ sparsity, evaluation }) => ({ sparsity, distortion: distortionOf(evaluation, searched) })),
    }));
    this.signal = signal;
    this.isWithin = isWithin;
  }

  /** The best of the blends at a sparsity, and what moving weights between layers makes of it. */
  async bestAt(sparsity: number): Promise<Allocated> {
    return this.improved(await this.bestBlend(sparsity));
  }

  /** The greatest sparsity at which the goal is met; undefined where nothing meets it. */
  async sparsest(goal: TuneGoal & { kind: 'sparsest' }): Promise<Allocated | undefined> {
    const meets = (trial: Trial, part: keyof TuneBenches = 'search') =>
      this.isWithin ? this.isWithin(trial, part) : reaches(goal, trial.evaluation);
    const start = await this.try(this.layers.map(() => 0));
    if (!meets(start)) return undefined;
    let best = await this.halve(start, 1, (sparsity) => this.bestBlend(sparsity), meets);
    for (let round = 0; round < maxRounds; round++) {
      best = await this.improved(best, meets);
      const { sparsity, sparsities } = best;
      const shifted = (wanted: number) => this.try(shiftedTo(sparsities, this.weights, wanted));
      // Half of what is left at most: layers that move little have shown what they can give.
      best = await this.halve(best, Math.min((1 + sparsity) / 2, 1.25 * sparsity), shifted, meets);
      if (best.sparsity - sparsity < 2 ** -halvings) break;
    }
    return this.confirmed(best, start, (trial) => meets(trial, 'verdict'));
  }

  /** Itself, or less of it in every layer alike: the sparsest that the inputs which judge let pass. */
  private async confirmed(best: Allocated, start: Allocated, meets: (trial: Trial) => boolean): Promise<Allocated> {
    if (!this.benches.verdict || meets(await this.benches.verdict.run(best.recipe, this.signal))) return best;
    for (let part = stepsBack - 1; part > 0; part--) {
      const less = await this.try(
        best.sparsities.map((own) => (own * part) / stepsBack),
        'verdict',
      );
      if (meets(less)) return less;
    }
    return start;
  }

  /** From one that meets the goal to the sparsest of a family that does, by halving. */
  private async halve(
    start: Allocated,
    end: number,
    family: (sparsity: number) => Promise<Allocated>,
    meets: (trial: Trial) => boolean,
  ): Promise<Allocated> {
    let best = start;
    let high = end;
    while (high - best.sparsity > 2 ** -halvings) {
      const middle = (best.sparsity + high) / 2;
      const tried = await family(middle);
      if (meets(tried) && tried.sparsity > best.sparsity) best = tried;
      else high = middle;
    }
    return best;
  }

  private async bestBlend(sparsity: number): Promise<Allocated> {
    const own = allocate(this.curves, sparsity);
    const shares = await this.globalShares(sparsity);
    let best: Allocated | undefined;
    for (const blend of blends) {
      const tried = await this.try(own.map((share, i) => share + (at(shares, i) - share) * blend));
      if (!best || isLessDistorted(tried, best)) best = tried;
    }
    return found(best, 'an allocation');
  }

  /** Moves weights between layers, at the same sparsity, as long as it helps and the goal is still met. */
  private async improved(start: Allocated, isGood = (_: Trial) => true): Promise<Allocated> {
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
        if (tried.sparsity >= sparsity - 1e-4 && isLessDistorted(tried, best) && isGood(tried)) best = tried;
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

  private async try(sparsities: readonly number[], part: keyof TuneBenches = 'search'): Promise<Allocated> {
    const recipe = recipePerLayer(this.base, this.layers, sparsities);
    const bench = found(this.benches[part], 'inputs that judge');
    return { ...(await bench.run(recipe, this.signal)), sparsities };
  }

  /** What one global threshold takes of each layer. */
  private async globalShares(sparsity: number): Promise<number[]> {
    const recipe = globalRecipe(this.base, this.layers, { sparsity });
    const { outcomes } = await this.benches.search.resolve(recipe, this.signal);
    return this.layers.map(({ id, statistics }) => (outcomes.get(id)?.zeros ?? 0) / statistics.count);
  }
}

/** NaN is what broken models give. */
function isLessDistorted(trial: Trial, other: Trial): boolean {
  const [own, others] = [distortionOf(trial.evaluation), distortionOf(other.evaluation)];
  return own < others || (Number.isNaN(others) && !Number.isNaN(own));
}
