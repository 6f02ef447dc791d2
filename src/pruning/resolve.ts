/** From a recipe and measured tensors to the masks of each tensor: the heart of every pruning method. */
import { at } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import type { TensorId } from '../tensors/tensor';
import { cutByThresholds } from './allocate';
import { type Cut, close, uncut } from './cut';
import { decide, roundsOf, rulePath } from './decide';
import { cutByPattern, cutByRows, cutBySlices } from './fixedMasks';
import { granularityOf } from './granularities/granularities';
import { outcomeOf, type Shown, shownOf } from './outcome';
import type { Recipe, Rule } from './recipe';
import type { Answers, Candidate, Outcome, Program, Request, Resolution } from './resolution';
import { scopeOf } from './scopes/scopes';
import { scoreFor } from './scoring';
import { followersIn, outcomeLike } from './twins';
import { unitRounds } from './unitCuts';

const nothing: ReadonlyMap<TensorId, Program> = new Map();

/**
 * A pure function of its arguments, quick enough for every frame of a drag.
 * @param candidates ties at a global threshold go in their order
 * @param answers what was looked up so far; while something is missing the resolution is an estimate and asks for it
 * @param start what has applied before the recipe's first step, by tensor: such a tensor has an outcome whether a rule decides for
 *   it or not
 * @throws CheckpointError `invalid-recipe` when a count is above what there is, as torch.nn.utils.prune does;
 *   `unsupported-feature` when a rule decides for a tensor that its method cannot apply to
 */
export function resolve(
  recipe: Recipe,
  candidates: readonly Candidate[],
  answers: Answers,
  start: ReadonlyMap<TensorId, Program> = nothing,
): Resolution {
  const cuts = new Map<TensorId, Cut>();
  const { ranked, originals } = followersIn(recipe, candidates);
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const units = unitRounds(recipe, candidates);
  /** By tensor, where its last mask does not say it. */
  const shown = new Map<TensorId, Shown>();
  roundsOf(recipe).forEach((rules, round) => {
    const decisions = decide(rules, ranked);
    const decided = new Map<number, Candidate[]>();
    ranked.forEach((candidate, i) => {
      const rule = at(decisions, i);
      if (rule !== -1) getOrInsert(decided, rule, () => []).push(candidate);
    });
    for (const [index, group] of decided) {
      const rule = at(rules, index);
      const path = rulePath(recipe, round, index);
      const before = group.map((candidate) => ({
        ...(cuts.get(candidate.id) ?? uncut(candidate, start.get(candidate.id))),
        rule: index,
      }));
      for (const { id } of group) shown.delete(id);
      for (const cut of cutGroup(before, rule, path, answers)) cuts.set(cut.candidate.id, cut);
    }
    const unitCuts = units[round];
    for (const [tensor, mask] of unitCuts?.slices ?? []) {
      const candidate = byId.get(tensor);
      if (!candidate) continue;
      const cut = cuts.get(tensor) ?? uncut(candidate, start.get(tensor));
      if (!shown.has(tensor)) shown.set(tensor, shownOf(cut));
      cuts.set(tensor, cutBySlices(cut, mask));
    }
    for (const [tensor, each] of unitCuts?.shown ?? []) shown.set(tensor, each);
  });
  const outcomes = new Map<TensorId, Outcome>();
  const pending: Request[] = [];
  for (const candidate of ranked) {
    const { id } = candidate;
    const cut = cuts.get(id) ?? (start.has(id) ? uncut(candidate, start.get(id)) : undefined);
    if (!cut) continue;
    const made = outcomeOf(cut, answers);
    outcomes.set(id, { ...made.outcome, ...shown.get(id) });
    for (const request of made.pending) pending.push(request);
  }
  for (const candidate of candidates) {
    const original = originals.get(candidate.id);
    const outcome = original && outcomes.get(original.id);
    if (!outcome) continue;
    const made = outcomeLike(candidate, original, outcome, answers);
    outcomes.set(candidate.id, made.outcome);
    for (const request of made.pending) pending.push(request);
  }
  return { outcomes, pending };
}

function cutGroup(group: readonly Cut[], rule: Rule, path: string, answers: Answers): readonly Cut[] {
  const { granularity, scope, keep = 0 } = rule;
  const { takes } = granularityOf(granularity);
  // Those of one round are taken together.
  if (takes === 'units') return group.map((cut) => unitsOf(cut, rule, path));
  if (takes === 'patterns') return group.map((cut) => cutByPattern(cut, rule, path));
  if (scopeOf(scope).takes === 'rows') return group.map((cut) => cutByRows(cut, rule, path));
  const placing = { keep, answers };
  return byModel(group).flatMap((ofModel) => cutByThresholds(ofModel, rule, path, placing));
}

/** @throws CheckpointError `unsupported-feature` where nothing tells which channels go together */
function unitsOf(cut: Cut, rule: Rule, path: string): Cut {
  scoreFor(rule, cut.candidate, path);
  return close(cut);
}

/** Tensors are ranked together within one model, and a count is one of each. */
function byModel(group: readonly Cut[]): (readonly Cut[])[] {
  const models = new Map<string | undefined, Cut[]>();
  for (const cut of group) getOrInsert(models, cut.candidate.model, () => []).push(cut);
  return [...models.values()];
}
