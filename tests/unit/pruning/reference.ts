/** Recipes carried out the slow way: every score sorted, nothing of bins. Rules name tensors exactly or not at all. */
import { erkCounts } from '../../../src/pruning/erk';
import { scoreCountOf } from '../../../src/pruning/groups';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import type { Mask } from '../../../src/pruning/resolution';
import { roundHalfEven } from '../../../src/pruning/round';
import { isOfWeights, type Score, scoreDtypeOf } from '../../../src/pruning/score';
import { scoreFor } from '../../../src/pruning/scoring';
import { inputAxisOf, rowAxesOf } from '../../../src/tensors/axes';
import { roundToDtype } from '../../../src/tensors/half';
import { sizeAlong } from '../../../src/tensors/tensor';
import { chosenBy, groupOf, rank, scoresOf, statisticsOf } from './naive';
import type { Tensor } from './support';

/** A tensor on its way through a recipe. */
interface State {
  readonly tensor: Tensor;
  readonly left: boolean[];
  /** Thresholds over one score in a row, and what its deviation was before the first. */
  run?: { readonly key: string; readonly deviation: number } | undefined;
  /** The rows masks so far; undefined after any other mask. */
  rows: { axes: readonly number[]; left: number } | undefined;
}

/** One score of a tensor: of a weight or of a group. */
interface Ranked {
  readonly state: State;
  readonly score: Score;
  readonly number: number;
  readonly rank: number;
}

/** By tensor: which elements go. @throws RangeError when a rule counts more than is left; CheckpointError as resolve */
export function masksOf(recipe: Recipe, tensors: readonly Tensor[]): Map<Tensor, boolean[]> {
  const states = tensors.map((tensor): State => {
    const { shape } = tensor.candidate;
    const axes = rowAxesOf(tensor.candidate) ?? [0];
    const count = sizeAlong(shape, axes);
    const rows = { axes, left: count === 0 ? 0 : tensor.values.length / count };
    return { tensor, left: tensor.values.map(() => true), rows };
  });
  for (const rules of 'steps' in recipe ? recipe.steps : [recipe.rules]) {
    const deciding = states.map(({ tensor }) => rules.findLast((rule) => names(rule, tensor)));
    for (const rule of rules) {
      const decided = states.filter((_, at) => deciding[at] === rule);
      if (decided.length > 0) prune(rule, decided);
    }
  }
  return new Map(states.map(({ tensor, left }) => [tensor, left.map((each) => !each)]));
}

function names({ tensors }: Rule, { candidate }: Tensor): boolean {
  return tensors === undefined ? candidate.byDefault : tensors.includes(candidate.name);
}

function prune(rule: Rule, states: readonly State[]): void {
  const { granularity, scope } = rule;
  if (typeof granularity === 'object' && 'n' in granularity) {
    for (const state of states) {
      const score = scoreFor(rule, state.tensor.candidate, 'rule');
      take(state, { kind: 'pattern', score, ...granularity, axis: inputAxisOf(state.tensor.candidate)! });
    }
  } else if (scope === 'row') {
    for (const state of states) pruneRows(rule, state);
  } else {
    const scored = states.map((state) => scoresLeft(rule, state));
    if (scope === 'global') pruneTogether(rule, scored);
    else if (scope === 'erk') pruneByDensity(rule, states, scored);
    else for (const scores of scored) pruneTogether(rule, [scores]);
  }
}

function take(state: State, mask: Mask): void {
  const chosen = chosenBy(state.tensor, mask, state.left);
  for (const element of chosen) state.left[element] = false;
  state.run = undefined;
  const { shape } = state.tensor.candidate;
  const isNothing = mask.kind === 'pattern' && shape[mask.axis] === 0;
  if (!isNothing && (mask.kind !== 'rows' || mask.axes !== state.rows?.axes)) state.rows = undefined;
}

function pruneRows(rule: Rule, state: State): void {
  const { candidate, values } = state.tensor;
  const score = scoreFor(rule, candidate, 'rule');
  if (!state.rows) throw new RangeError('uneven rows');
  const { axes, left } = state.rows;
  const rowCount = sizeAlong(candidate.shape, axes);
  const length = rowCount === 0 ? 0 : values.length / rowCount;
  const wanted = countOf(rule, left);
  const count = Math.min(wanted, left - Math.ceil((rule.keep ?? 0) * length));
  state.run = undefined;
  if (count <= 0) return;
  take(state, { kind: 'rows', score, axes, count });
  state.rows = { axes, left: left - count };
}

function countOf({ amount }: Rule, left: number): number {
  if ('sparsity' in amount!) return roundHalfEven(amount.sparsity * left);
  const { count } = amount as { count: number };
  if (count > left) throw new RangeError(`${count} of ${left}`);
  return count;
}

/** Everything the rule ranks in one tensor, and the deviation of it. */
interface Scored {
  readonly state: State;
  readonly all: readonly Ranked[];
  readonly deviation: number;
  /** How many may go. */
  readonly room: number;
}

function scoresLeft(rule: Rule, state: State): Scored {
  const { tensor, left } = state;
  const score = scoreFor(rule, tensor.candidate, 'rule');
  const { numbers, values } = scoresOf(tensor, score, left);
  const key = JSON.stringify(score);
  if (state.run?.key !== key) {
    const dtype = scoreDtypeOf(score, tensor.candidate.dtype);
    state.run = { key, deviation: statisticsOf(dtype, values).std };
  }
  const floor = rule.keep === undefined ? 0 : Math.ceil(rule.keep * scoreCountOf(tensor.candidate.shape, score));
  return {
    state,
    all: numbers.map((number, i) => ({ state, score, number, rank: rank(score, values[i]!) })),
    deviation: isOfWeights(score) ? tensor.candidate.statistics.std : state.run.deviation,
    room: Math.max(0, numbers.length - floor),
  };
}

function pruneTogether(rule: Rule, scored: readonly Scored[]): void {
  const { amount } = rule;
  if ('threshold' in amount! || 'sigma' in amount!) {
    for (const { all, deviation, room } of scored) {
      const threshold = 'threshold' in amount ? amount.threshold : amount.sigma * deviation;
      const low = lowest(all).filter(({ rank, state, score }) => {
        return rank <= roundToDtype(threshold, scoreDtypeOf(score, state.tensor.candidate.dtype));
      });
      remove(low.slice(0, room));
    }
    return;
  }
  const all = scored.flatMap((each) => each.all);
  removeLowest(all, countOf(rule, all.length), scored);
}

function removeLowest(all: readonly Ranked[], count: number, scored: readonly Scored[]): void {
  const room = new Map(scored.map((each) => [each.state, each.room]));
  let needed = count;
  const gone = lowest(all).filter(({ state }) => {
    if (needed === 0 || room.get(state) === 0) return false;
    needed--;
    room.set(state, room.get(state)! - 1);
    return true;
  });
  remove(gone);
}

function pruneByDensity(rule: Rule, states: readonly State[], scored: readonly Scored[]): void {
  const tensors = states.map(({ tensor }, i) => ({ shape: tensor.candidate.shape, count: scored[i]!.all.length }));
  const counts = erkCounts(tensors, (rule.amount as { sparsity: number }).sparsity, rule.keep ?? 0);
  scored.forEach((each, i) => {
    removeLowest(each.all, counts[i]!, [each]);
  });
}

/** Sorting is stable: equal scores stay in order of tensors, then of numbers. NaN and infinities never go. */
function lowest(all: readonly Ranked[]): Ranked[] {
  return all.filter(({ rank }) => Number.isFinite(rank)).sort((a, b) => a.rank - b.rank);
}

function remove(gone: readonly Ranked[]): void {
  const byState = new Map<State, Ranked[]>();
  for (const each of gone) byState.set(each.state, [...(byState.get(each.state) ?? []), each]);
  for (const [state, scores] of byState) {
    const { shape } = state.tensor.candidate;
    const numbers = new Set(scores.map(({ number }) => number));
    state.left.forEach((_, element) => {
      if (numbers.has(groupOf(shape, scores[0]!.score.groups, element))) state.left[element] = false;
    });
    state.rows = undefined;
  }
}
