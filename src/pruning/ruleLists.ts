/** Lists of rules as edits change them: names taken out, rules put last. */
import { at } from '../lib/known';
import { factsOf } from './criteria/criteria';
import type { Need } from './criteria/criterion';
import { decide, roundsOf } from './decide';
import { compileGlob, exactPattern } from './glob';
import { headOf, type Recipe, type Rule } from './recipe';
import type { Candidate } from './resolution';
import { followersIn } from './twins';

export function recipeOf(rules: readonly Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

/** The recipe with these rules and no steps; what it says beside its rules stays. */
export function withRules(recipe: Recipe, rules: readonly Rule[]): Recipe {
  return { ...headOf(recipe), rules };
}

export function named(candidates: readonly Candidate[], names: readonly string[]): Candidate[] {
  const wanted = new Set(names);
  return candidates.filter(({ name }) => wanted.has(name));
}

export function patternsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ name }) => exactPattern(name));
}

/** The rule that decides for each tensor, of the last step that has one for it. */
export function lastDecisions(recipe: Recipe, candidates: readonly Candidate[]): Map<Candidate, Rule> {
  const deciding = new Map<Candidate, Rule>();
  const { ranked, originals } = followersIn(recipe, candidates);
  for (const rules of roundsOf(recipe)) {
    decide(rules, ranked).forEach((rule, i) => {
      if (rule !== -1) deciding.set(at(ranked, i), at(rules, rule));
    });
  }
  for (const candidate of candidates) {
    const original = originals.get(candidate.id);
    const rule = original && deciding.get(original);
    if (rule) deciding.set(candidate, rule);
  }
  return deciding;
}

/** Whether some rule scores by what is beside the weights. */
export function scoresBy(need: Need, recipe: Recipe): boolean {
  return roundsOf(recipe).some((rules) => rules.some(({ criterion, off }) => !off && factsOf(criterion).need === need));
}

/** Tensors that some step's rule scores by what is beside their weights, in the order of `candidates`. */
export function tensorsScoredBy(need: Need, recipe: Recipe, candidates: readonly Candidate[]): Candidate[] {
  const { ranked } = followersIn(recipe, candidates);
  const decisions = roundsOf(recipe).map((rules) => ({ rules, deciding: decide(rules, ranked) }));
  return ranked.filter((_, at) =>
    decisions.some(({ rules, deciding }) => {
      const rule = rules[deciding[at] ?? -1];
      return rule !== undefined && factsOf(rule.criterion).need === need;
    }),
  );
}

/** The recipe with hand-placed rules last, and no other rule naming the same tensors for nothing. */
export function replaceNamed(
  recipe: Recipe,
  candidates: readonly Candidate[],
  names: readonly string[],
  rules: readonly Rule[],
): Recipe {
  const chosen = named(candidates, names);
  const last = roundsOf(recipe).length - 1;
  if (last < 0) return withRules(recipe, rules);
  return mapRounds(recipe, (round, index) => {
    // A step before the last would prune them too: there they have to be left out, not only outvoted.
    return index < last ? leaveOut(round, chosen) : [...withoutNames(round, namesOf(chosen)), ...rules];
  });
}

/** Own names and aliases: a rule may mean a tensor by any of them. */
export function namesOf(candidates: readonly Pick<Candidate, 'name' | 'aliases'>[]): Set<string> {
  return new Set(candidates.flatMap(({ name, aliases }) => [name, ...aliases]));
}

/** Takes names off rules that list nothing but names; any other rule is outvoted by those that come after it. */
export function withoutNames(rules: readonly Rule[], names: ReadonlySet<string>): Rule[] {
  return rules.flatMap((rule) => {
    const { tensors: before } = rule;
    if (!before || rule.off || !listsOnlyNames(rule)) return [rule];
    const tensors = before.filter((pattern) => !meansOneOf(pattern, names));
    if (tensors.length === before.length) return [rule];
    return tensors.length > 0 ? [{ ...rule, tensors }] : [];
  });
}

/** The rules with these tensors out of their reach; no rule where nothing else was in it. */
export function leaveOut(rules: readonly Rule[], chosen: readonly Candidate[]): Rule[] {
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

export function listsOnlyNames({ tensors }: Rule): boolean {
  return tensors?.every((pattern) => compileGlob(pattern).literal !== undefined) ?? false;
}

/** Whether a pattern stands for one of the names and nothing else: as it is, or with its escapes taken off. */
export function meansOneOf(pattern: string, names: ReadonlySet<string>): boolean {
  const { literal } = compileGlob(pattern);
  return literal !== undefined && (names.has(pattern) || names.has(literal));
}

export function mapRules(recipe: Recipe, change: (rule: Rule) => Rule): Recipe {
  return mapRounds(recipe, (rules) => rules.map(change));
}

export function mapRounds(recipe: Recipe, change: (rules: readonly Rule[], round: number) => readonly Rule[]): Recipe {
  if ('steps' in recipe) return { ...recipe, steps: recipe.steps.map(change) };
  return { ...recipe, rules: change(recipe.rules, 0) };
}
