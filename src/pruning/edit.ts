/** Edits of a recipe, one for each thing a hand does on the screen. Pure: recipe in, recipe out. */
import type { TensorId } from '../tensors/tensor';
import { decide, population, roundsOf } from './decide';
import { compileGlob, exactPattern } from './glob';
import type { Amount, Criterion, Recipe, Rule } from './recipe';
import type { Candidate } from './resolution';

/** What an edit reaches: every tensor that is in, or those named (by their own names, not by aliases). */
export type EditTarget = { readonly scope: 'model' } | { readonly scope: 'layers'; readonly names: readonly string[] };

const nothing: Amount = { sparsity: 0 };

/** What a checkpoint starts with: everything that is prunable by default is in, and nothing is pruned. */
export function initialRecipe(): Recipe {
  return recipeOf([{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: nothing }]);
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
  return withAmount(recipe, candidates, target, { threshold });
}

/** @param sparsity of the target's weights together, 0 to 1 */
export function withSparsity(
  recipe: Recipe,
  candidates: readonly Candidate[],
  target: EditTarget,
  sparsity: number,
): Recipe {
  return withAmount(recipe, candidates, target, { sparsity });
}

/** Nothing pruned in the target, and the same tensors in as before. */
export function reset(recipe: Recipe, candidates: readonly Candidate[], target: EditTarget): Recipe {
  return withAmount(recipe, candidates, target, nothing);
}

/** The target ranked by another criterion, with the amounts it had (layers: those of the last step that reaches them). */
export function withCriterion(
  recipe: Recipe,
  candidates: readonly Candidate[],
  target: EditTarget,
  criterion: Criterion,
): Recipe {
  if (target.scope === 'model') return mapRules(recipe, (rule) => ({ ...rule, criterion }));
  const deciding = lastDecisions(recipe, candidates);
  const edited = named(candidates, target.names).flatMap((candidate): Rule[] => {
    const rule = deciding.get(candidate);
    if (!rule) return [];
    const group = candidates.filter((other) => deciding.get(other) === rule);
    return [handPlaced([candidate.name], criterion, 'layer', amountForOne(rule, group))];
  });
  return replaceNamed(recipe, candidates, target.names, edited);
}

/** Switches tensors in or out of pruning. Those that come in join the broadest rule there is. */
export function setIncluded(
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

function recipeOf(rules: readonly Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

function withAmount(recipe: Recipe, candidates: readonly Candidate[], target: EditTarget, amount: Amount): Recipe {
  if (target.scope === 'model') return recipeOf(ruleOverModel(recipe, candidates, amount));
  const names = [...new Set(target.names)];
  if (names.length === 0) return recipe;
  const criterion = sharedCriterion(recipe, candidates, named(candidates, names));
  return replaceNamed(recipe, candidates, names, [
    handPlaced(names, criterion, names.length === 1 ? 'layer' : 'global', amount),
  ]);
}

function named(candidates: readonly Candidate[], names: readonly string[]): Candidate[] {
  const wanted = new Set(names);
  return candidates.filter(({ name }) => wanted.has(name));
}

function handPlaced(names: readonly string[], criterion: Criterion, scope: Rule['scope'], amount: Amount): Rule {
  return { tensors: names.map(exactPattern), criterion, granularity: 'weight', scope, amount };
}

/** The rules as one that decides for the same tensors: the one rule there is, or one that lists who is in or out. */
function ruleOverModel(recipe: Recipe, candidates: readonly Candidate[], amount: Amount): Rule[] {
  const rounds = roundsOf(recipe);
  const only = rounds.length === 1 && rounds[0]!.length === 1 ? rounds[0]![0] : undefined;
  if (only) return [{ ...only, scope: 'global', amount }];
  const isIn = population(recipe, candidates);
  const included = candidates.filter(({ id }) => isIn.has(id));
  if (included.length === 0) return [];
  const left = candidates.filter(({ id, byDefault }) => byDefault && !isIn.has(id));
  const optedIn = included.filter(({ byDefault }) => !byDefault);
  const criterion = sharedCriterion(recipe, candidates, included);
  const base = { criterion, granularity: 'weight', scope: 'global', amount } as const;
  if (left.length > included.length) return [{ tensors: patternsOf(included), ...base }];
  return [
    {
      ...(optedIn.length > 0 && { tensors: ['*', ...patternsOf(optedIn)] }),
      ...(left.length > 0 && { exclude: patternsOf(left) }),
      ...base,
    },
  ];
}

function patternsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ name }) => exactPattern(name));
}

/** Signed where every one of the tensors is ranked so, as the editor shows it. */
function sharedCriterion(recipe: Recipe, candidates: readonly Candidate[], tensors: readonly Candidate[]): Criterion {
  const deciding = lastDecisions(recipe, candidates);
  const isSigned = (candidate: Candidate) => deciding.get(candidate)?.criterion === 'signed';
  return tensors.length > 0 && tensors.every(isSigned) ? 'signed' : 'magnitude';
}

/** The rule that decides for each tensor, of the last step that has one for it. */
function lastDecisions(recipe: Recipe, candidates: readonly Candidate[]): Map<Candidate, Rule> {
  const deciding = new Map<Candidate, Rule>();
  for (const rules of roundsOf(recipe)) {
    decide(rules, candidates).forEach((rule, at) => {
      if (rule !== -1) deciding.set(candidates[at]!, rules[rule]!);
    });
  }
  return deciding;
}

/** What a rule over several tensors asks of one of them. */
function amountForOne({ scope, amount }: Rule, group: readonly Candidate[]): Amount {
  if (!('count' in amount) || scope === 'layer' || group.length === 1) return amount;
  const weights = group.reduce((sum, { statistics }) => sum + statistics.count, 0);
  return { sparsity: weights === 0 ? 0 : Math.min(1, amount.count / weights) };
}

/** The recipe with hand-placed rules last, and no other rule naming the same tensors for nothing. */
function replaceNamed(
  recipe: Recipe,
  candidates: readonly Candidate[],
  names: readonly string[],
  rules: readonly Rule[],
): Recipe {
  const chosen = named(candidates, names);
  const last = roundsOf(recipe).length - 1;
  if (last < 0) return recipeOf(rules);
  return mapRounds(recipe, (round, index) => {
    // A step before the last would prune them too: there they have to be left out, not only outvoted.
    return index < last ? leaveOut(round, chosen) : [...withoutNames(round, namesOf(chosen)), ...rules];
  });
}

/** Own names and aliases: a rule may mean a tensor by any of them. */
function namesOf(candidates: readonly Candidate[]): Set<string> {
  return new Set(candidates.flatMap(({ name, aliases }) => [name, ...aliases]));
}

/** Takes names off rules that list nothing but names; any other rule is outvoted by those that come after it. */
function withoutNames(rules: readonly Rule[], names: ReadonlySet<string>): Rule[] {
  return rules.flatMap((rule) => {
    if (!listsOnlyNames(rule)) return [rule];
    const tensors = rule.tensors!.filter((pattern) => !meansOneOf(pattern, names));
    if (tensors.length === rule.tensors!.length) return [rule];
    return tensors.length > 0 ? [{ ...rule, tensors }] : [];
  });
}

/** The rules with these tensors out of their reach; no rule where nothing else was in it. */
function leaveOut(rules: readonly Rule[], chosen: readonly Candidate[]): Rule[] {
  return rules.flatMap((rule) => {
    const decided = decide([rule], chosen);
    const reached = chosen.filter((_, at) => decided[at] === 0);
    if (reached.length === 0) return [rule];
    const names = namesOf(reached);
    if (listsOnlyNames(rule)) return withoutNames([rule], names);
    // Naming a tensor opts it in: that goes, and what the globs still match is excluded.
    const tensors = rule.tensors?.filter((pattern) => !meansOneOf(pattern, names));
    const exclude = [...new Set([...(rule.exclude ?? []), ...patternsOf(reached)])];
    return [{ ...rule, ...(tensors && { tensors }), exclude }];
  });
}

function listsOnlyNames({ tensors }: Rule): boolean {
  return tensors?.every((pattern) => compileGlob(pattern).literal !== undefined) ?? false;
}

/** Whether a pattern stands for one of the names and nothing else: as it is, or with its escapes taken off. */
function meansOneOf(pattern: string, names: ReadonlySet<string>): boolean {
  const { literal } = compileGlob(pattern);
  return literal !== undefined && (names.has(pattern) || names.has(literal));
}

/** Exclusions that name one of the tensors go; globs that exclude it stay, and are outvoted by a rule of its own. */
function withoutExclusions(recipe: Recipe, chosen: readonly Candidate[]): Recipe {
  const names = namesOf(chosen);
  return mapRules(recipe, (rule) => {
    if (!rule.exclude?.some((pattern) => meansOneOf(pattern, names))) return rule;
    const { exclude: before, ...rest } = rule;
    const exclude = before!.filter((pattern) => !meansOneOf(pattern, names));
    return exclude.length > 0 ? { ...rest, exclude } : rest;
  });
}

function joinBroadestRule(recipe: Recipe, candidates: readonly Candidate[], missing: readonly Candidate[]): Recipe {
  const rounds = roundsOf(recipe);
  const broadest = rounds.flat().find((rule) => !listsOnlyNames(rule));
  const tensors = patternsOf(missing);
  if (!broadest) {
    // One round is enough to be in.
    const own: Rule = { tensors, criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: nothing };
    if (rounds.length === 0) return recipeOf([own]);
    return mapRounds(recipe, (rules, round) => (round < rounds.length - 1 ? rules : [...rules, own]));
  }
  return mapRounds(recipe, (rules) => {
    // Every round that has one: what comes in goes through all of them. Steps of one tensor share a criterion.
    const rule = rules.find((each) => !listsOnlyNames(each) && each.criterion === broadest.criterion);
    if (!rule) return rules;
    const joined: Rule = { ...rule, tensors: [...(rule.tensors ?? ['*']), ...tensors] };
    if (decide([joined], missing).every((decided) => decided === 0)) {
      return rules.map((each) => (each === rule ? joined : each));
    }
    // Kinds or globs of the rule keep them out: the same amount in a rule of their own.
    const { kinds: _, exclude: __, amount, ...rest } = rule;
    const decisions = decide(rules, candidates);
    const group = candidates.filter((_, at) => rules[decisions[at]!] === rule);
    return [...rules, { ...rest, tensors, amount: amountForOne(rule, [...group, ...missing]) }];
  });
}

function mapRules(recipe: Recipe, change: (rule: Rule) => Rule): Recipe {
  return mapRounds(recipe, (rules) => rules.map(change));
}

function mapRounds(recipe: Recipe, change: (rules: readonly Rule[], round: number) => readonly Rule[]): Recipe {
  if ('steps' in recipe) return { ...recipe, steps: recipe.steps.map(change) };
  return { ...recipe, rules: change(recipe.rules, 0) };
}
