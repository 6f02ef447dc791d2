/** Pruning to a sparsity in rounds, each of them repaired: later masks choose among repaired weights (docs/repair.md). */
import { at, last } from '../../lib/known';
import { roundsOf } from '../../pruning/decide';
import { modelOutcome } from '../../pruning/modelOutcome';
import { headOf, type Recipe, type Rule } from '../../pruning/recipe';
import { programsOf, type Repair, repairedOutcomes } from '../../pruning/repair';
import type { Candidate, Program, Resolution } from '../../pruning/resolution';
import type { TensorId } from '../../tensors/tensor';
import type { Evaluation, Outcomes, RefusedRepair } from '../protocol';
import { globalRecipe } from './layerRecipes';

/** What rounds are made with. */
export interface RoundsBench {
  /** Exactly. @param start programs that have applied before */
  resolve(recipe: Recipe, start: ReadonlyMap<TensorId, Program>, signal: AbortSignal): Promise<Resolution>;
  /** Between steps. @param of the recipe of all steps so far, which the repair is of */
  repair(outcomes: Outcomes, of: Recipe, signal: AbortSignal): Promise<Repair | RefusedRepair>;
  evaluate(outcomes: Outcomes, signal: AbortSignal): Promise<Evaluation>;
}

export interface Round {
  /** Of all steps so far; it says nothing of a repair. */
  readonly recipe: Recipe;
  /** Of all weights that are in, 0 to 1. */
  readonly sparsity: number;
  readonly zeros: number;
  /** Before the round's repair. */
  readonly pruned: Evaluation;
  /** Absent where the model did not get better: rounds go on from what there is. */
  readonly repair?: Repair;
  readonly repaired: Evaluation;
}

/** Rounds begin here: what goes below costs little. */
const first = 0.5;
/** Of the weights that are left, how many stay in a round at least: the schedule measured has 0.7 to 0.77. */
const leastKept = 0.7;

/** Sparsities of the rounds to `target`, each taking the same share of what is left. 0.9: 0.5, 0.64, 0.74, 0.81, 0.86, 0.9. */
export function roundsTo(target: number): number[] {
  if (target <= first) return [target];
  const left = (1 - target) / (1 - first);
  // A model without any weights needs no more rounds than one with a hundredth.
  const rounds = Math.ceil(Math.log(Math.max(left, 0.02)) / Math.log(leastKept) - 1e-9);
  const inner = Array.from(
    { length: rounds },
    (_, round) => 1 - (1 - first) * Math.max(left, 0.02) ** (round / rounds),
  );
  return [...inner, target];
}

/**
 * Yields after each round; whoever has enough stops asking.
 * @param base the recipe that says what is in: one rule for all is kept, with another amount; else magnitudes of the whole model
 * @param layers that are in
 * @throws CheckpointError whatever the bench throws, `cancelled`
 */
export async function* pruneInRounds(
  base: Recipe,
  layers: readonly Candidate[],
  target: number,
  bench: RoundsBench,
  signal: AbortSignal,
): AsyncGenerator<Round> {
  const steps: (readonly Rule[])[] = [];
  const { repair: _, ...head } = headOf(base);
  let start: ReadonlyMap<TensorId, Program> = new Map();
  let before = 0;
  for (const sparsity of roundsTo(target)) {
    // A step's share is of what the ones before have left.
    const share = before >= 1 ? 0 : rounded((sparsity - before) / (1 - before));
    const step: Recipe = { ...head, rules: rulesFor(base, layers, share) };
    steps.push(at(roundsOf(step), 0));
    before = sparsity;
    const recipe: Recipe = { ...head, steps: [...steps] };
    const resolution = await bench.resolve(step, start, signal);
    const { outcomes } = resolution;
    const pruned = await bench.evaluate(outcomes, signal);
    const answer = await bench.repair(outcomes, recipe, signal);
    const repair = 'refused' in answer ? undefined : answer;
    const now = repair ? repairedOutcomes(outcomes, repair) : outcomes;
    const repaired = repair ? await bench.evaluate(now, signal) : pruned;
    const { sparsity: reached, zeros } = modelOutcome(layers, { ...resolution, outcomes: now });
    yield { recipe, sparsity: reached, zeros, pruned, repaired, ...(repair && { repair }) };
    start = programsOf(now);
  }
}

/** The one rule of a recipe, asking for another share; without one, magnitudes of all layers together. */
function rulesFor(base: Recipe, layers: readonly Candidate[], sparsity: number): readonly Rule[] {
  const rounds = roundsOf(base);
  const [rule, ...others] = rounds.length === 0 ? [] : last(rounds).filter(({ off }) => !off);
  const isForAll = rule?.amount && 'sparsity' in rule.amount && rule.scope === 'global' && others.length === 0;
  return isForAll ? [{ ...rule, amount: { sparsity } }] : at(roundsOf(globalRecipe(base, layers, { sparsity })), 0);
}

/** To a weight of a million. */
function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
