/** Edits of a recipe, one for each thing a hand does on the screen. Pure: recipe in, recipe out. What is locked stays as it is. */
import { at } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import type { TensorId } from '../tensors/tensor';
import { decide, population, roundsOf } from './decide';
import { granularityOf } from './granularities/granularities';
import { aroundLocks } from './locks';
import { amountForOne, keptAmount, type Method, matchingOf, methodByHand, nothing, ruleByHand } from './method';
import type { Amount, Recipe, Rule } from './recipe';
import type { Candidate } from './resolution';
import {
  lastDecisions,
  leaveOut,
  listsOnlyNames,
  mapRounds,
  mapRules,
  meansOneOf,
  named,
  namesOf,
  patternsOf,
  recipeOf,
  replaceNamed,
  withRules,
} from './ruleLists';
import { refusalOf } from './scoring';

/** What an edit reaches: every tensor that is in, or those named (by their own names, not by aliases). */
export type EditTarget = { readonly scope: 'model' } | { readonly scope: 'layers'; readonly names: readonly string[] };

const initialMethod: Method = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: nothing };

/** What a checkpoint starts with: everything that is prunable by default is in, and nothing is pruned. */
export function initialRecipe(): Recipe {
  return recipeOf([initialMethod]);
}

/**
 * One threshold over the target. A threshold set for some layers leaves all others to the rules they had: a global
 * rule then ranks the others among themselves.
 */
export function withThreshold(
  recipe: Recipe,
  candidates: readonly Candidate[],
  target: EditTarget,
  threshold: number,
): Recipe {
  return aroundLocks(recipe, candidates, (free, open) => withAmount(free, open, target, { threshold }));
}

/** @param sparsity of the target's weights together, 0 to 1 */
export function withSparsity(
  recipe: Recipe,
  candidates: readonly Candidate[],
  target: EditTarget,
  sparsity: number,
): Recipe {
  return aroundLocks(recipe, candidates, (free, open) => withAmount(free, open, target, { sparsity }));
}

/** Nothing pruned in the target, and the same tensors in as before. */
export function reset(recipe: Recipe, candidates: readonly Candidate[], target: EditTarget): Recipe {
  return aroundLocks(recipe, candidates, (free, open) => withAmount(free, open, target, nothing));
}

/**
 * The target pruned by another method. Where that says no amount, each keeps the one it had if it still means the same
 * (a fraction does, a threshold does not on another scale); else nothing goes until one is set.
 */
export function withMethod(
  recipe: Recipe,
  candidates: readonly Candidate[],
  target: EditTarget,
  method: Method,
): Recipe {
  return aroundLocks(recipe, candidates, (free, open) => withMethodOf(free, open, target, method));
}

function withMethodOf(recipe: Recipe, candidates: readonly Candidate[], target: EditTarget, method: Method): Recipe {
  const ruleOf = (rule: Rule, amount: Amount | undefined): Method => ({
    ...method,
    ...(granularityOf(method.granularity).takes !== 'patterns' && {
      amount: method.amount ?? keptAmount(amount, rule, method),
    }),
  });
  if (target.scope === 'model') {
    const rules = roundsOf(recipe).flat();
    const broadest = rules.find((rule) => !listsOnlyNames(rule)) ?? rules[0];
    if (!broadest) return recipe;
    return withRules(
      recipe,
      ruleOverModel(recipe, candidates, () => ruleOf(broadest, broadest.amount)),
    );
  }
  const byMethod = new Map<string, { method: Method; group: Candidate[] }>();
  for (const { candidate, rule, amount } of demandsOf(recipe, candidates, target.names)) {
    const made = ruleOf(rule, amount);
    getOrInsert(byMethod, JSON.stringify(made), () => ({ method: made, group: [] })).group.push(candidate);
  }
  const edited = [...byMethod.values()].map(({ method: made, group }) => ({ tensors: patternsOf(group), ...made }));
  return replaceNamed(recipe, candidates, target.names, edited);
}

/** Switches tensors in or out of pruning. Those that come in join the broadest rule there is. */
export function setIncluded(
  recipe: Recipe,
  candidates: readonly Candidate[],
  ids: readonly TensorId[],
  included: boolean,
): Recipe {
  return aroundLocks(recipe, candidates, (free, open) => withIncluded(free, open, ids, included));
}

function withIncluded(
  recipe: Recipe,
  candidates: readonly Candidate[],
  ids: readonly TensorId[],
  included: boolean,
): Recipe {
  const wanted = new Set(ids);
  const before = population(recipe, candidates);
  const chosen = candidates.filter(({ id }) => wanted.has(id) && before.has(id) !== included);
  if (chosen.length === 0) return recipe;
  if (!included) return mapRounds(recipe, (rules) => leaveOut(rules, chosen));
  const allowed = withoutExclusions(recipe, chosen);
  const isIn = population(allowed, candidates);
  const missing = chosen.filter(({ id }) => !isIn.has(id));
  return missing.length === 0 ? allowed : joinBroadestRule(allowed, candidates, missing);
}

function withAmount(recipe: Recipe, candidates: readonly Candidate[], target: EditTarget, amount: Amount): Recipe {
  const deciding = lastDecisions(recipe, candidates);
  if (target.scope === 'model') {
    return withRules(
      recipe,
      ruleOverModel(recipe, candidates, (only, included) =>
        only
          ? ruleByHand(only, amount)
          : methodByHand(
              included.map((each) => deciding.get(each)),
              amount,
              'global',
            ),
      ),
    );
  }
  const chosen = named(candidates, target.names);
  if (chosen.length === 0) return recipe;
  const scope = chosen.length === 1 ? 'layer' : 'global';
  const method = methodByHand(
    chosen.map((each) => deciding.get(each)),
    amount,
    scope,
  );
  return replaceNamed(recipe, candidates, target.names, [{ tensors: patternsOf(chosen), ...method }]);
}

/** Of the tensors named: the rule that decides for each, and what it asks of that one. */
function demandsOf(recipe: Recipe, candidates: readonly Candidate[], names: readonly string[]) {
  const deciding = lastDecisions(recipe, candidates);
  return named(candidates, names).flatMap((candidate) => {
    const rule = deciding.get(candidate);
    if (!rule) return [];
    const group = candidates.filter((other) => deciding.get(other) === rule && other.model === candidate.model);
    return [{ candidate, rule, amount: amountForOne(rule, group) }];
  });
}

/** The rules as one that decides for the same tensors: the one rule there is, or one that lists who is in or out. */
function ruleOverModel(
  recipe: Recipe,
  candidates: readonly Candidate[],
  methodFor: (only: Rule | undefined, included: readonly Candidate[]) => Method,
): Rule[] {
  const rounds = roundsOf(recipe);
  const [only, ...others] = rounds.flat();
  if (only && others.length === 0 && rounds.length === 1) return [{ ...matchingOf(only), ...methodFor(only, []) }];
  const isIn = population(recipe, candidates);
  const included = candidates.filter(({ id }) => isIn.has(id));
  if (included.length === 0) return [];
  const left = candidates.filter(({ id, byDefault }) => byDefault && !isIn.has(id));
  const optedIn = included.filter(({ byDefault }) => !byDefault);
  const method = methodFor(undefined, included);
  if (left.length > included.length) return [{ tensors: patternsOf(included), ...method }];
  return [
    {
      ...(optedIn.length > 0 && { tensors: ['*', ...patternsOf(optedIn)] }),
      ...(left.length > 0 && { exclude: patternsOf(left) }),
      ...method,
    },
  ];
}

/** Exclusions that name one of the tensors go; globs that exclude it stay, and are outvoted by a rule of its own. */
function withoutExclusions(recipe: Recipe, chosen: readonly Candidate[]): Recipe {
  const names = namesOf(chosen);
  return mapRules(recipe, (rule) => {
    const { exclude: before = [], ...rest } = rule;
    if (!before.some((pattern) => meansOneOf(pattern, names))) return rule;
    const exclude = before.filter((pattern) => !meansOneOf(pattern, names));
    return exclude.length > 0 ? { ...rest, exclude } : rest;
  });
}

function joinBroadestRule(recipe: Recipe, candidates: readonly Candidate[], missing: readonly Candidate[]): Recipe {
  const rounds = roundsOf(recipe);
  const broadest = rounds.flat().find((rule) => !listsOnlyNames(rule));
  const joining = broadest ? missing.filter((candidate) => !refusalOf(broadest, candidate)) : [];
  const others = missing.filter((candidate) => !joining.includes(candidate));
  const joined = broadest && joining.length > 0 ? joinRounds(recipe, candidates, joining) : recipe;
  if (others.length === 0) return joined;
  // One round is enough to be in.
  const own: Rule = { tensors: patternsOf(others), ...initialMethod };
  if (rounds.length === 0) return withRules(recipe, [own]);
  return mapRounds(joined, (rules, round) => (round < rounds.length - 1 ? rules : [...rules, own]));
}

function joinRounds(recipe: Recipe, candidates: readonly Candidate[], joining: readonly Candidate[]): Recipe {
  const tensors = patternsOf(joining);
  return mapRounds(recipe, (rules) => {
    // Every round that has one: what comes in goes through all of them.
    const rule = rules.find((each) => !listsOnlyNames(each) && joining.every((one) => !refusalOf(each, one)));
    if (!rule) return rules;
    const joined: Rule = { ...rule, tensors: [...(rule.tensors ?? ['*']), ...tensors] };
    if (decide([joined], joining).every((decided) => decided === 0)) {
      return rules.map((each) => (each === rule ? joined : each));
    }
    // Kinds or globs of the rule keep them out: the same amount in a rule of their own.
    const { kinds: _, exclude: __, name: ___, ...rest } = rule;
    const decisions = decide(rules, candidates);
    const group = candidates.filter((_, i) => rules[at(decisions, i)] === rule);
    const amount = amountForOne(rule, [...group, ...joining]);
    return [...rules, { ...rest, tensors, ...(amount && { amount }) }];
  });
}
