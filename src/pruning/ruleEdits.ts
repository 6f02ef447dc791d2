/** What a person does with the rules of a recipe as a list: order, change, take out. Pure: recipe in, recipe out. */
import { at } from '../lib/known';
import { roundsOf } from './decide';
import { headOf, type Recipe, type Rule } from './recipe';
import { mapRounds } from './ruleLists';

/** Where a rule stands: its step (0 where there are none), and its place there. */
export interface RulePlace {
  readonly round: number;
  readonly index: number;
}

/** @param change undefined takes the rule out */
export function withRuleAt(recipe: Recipe, { round, index }: RulePlace, change: Rule | undefined): Recipe {
  return mapRounds(recipe, (rules, r) =>
    r === round ? rules.flatMap((rule, i) => (i === index ? (change ?? []) : rule)) : rules,
  );
}

/** Whether there is a place before, or behind, in its step or in the next one. */
export function canMove(recipe: Recipe, { round, index }: RulePlace, by: -1 | 1): boolean {
  const rounds = roundsOf(recipe);
  return by < 0 ? index > 0 || round > 0 : index < at(rounds, round).length - 1 || round < rounds.length - 1;
}

/** One place up (-1) or down (1): the first of a step goes to the end of the one before, the last to the beginning of the next. */
export function moveRule(recipe: Recipe, place: RulePlace, by: -1 | 1): Recipe {
  if (!canMove(recipe, place, by)) return recipe;
  const { round, index } = place;
  const rule = at(at(roundsOf(recipe), round), index);
  const length = at(roundsOf(recipe), round).length;
  const isLeaving = by < 0 ? index === 0 : index === length - 1;
  const to = isLeaving ? round + by : round;
  return mapRounds(recipe, (rules, r) => {
    const others = r === round ? rules.filter((_, i) => i !== index) : rules;
    if (r !== to) return others;
    const where = isLeaving ? (by < 0 ? others.length : 0) : index + by;
    return others.toSpliced(where, 0, rule);
  });
}

/** One more step at the end, without a rule yet: rules become the first step. */
export function withStep(recipe: Recipe): Recipe {
  return { ...headOf(recipe), steps: [...roundsOf(recipe), []] };
}

/** Without steps in which nothing is left; a recipe of one step stays one. */
export function withoutEmptySteps(recipe: Recipe): Recipe {
  if (!('steps' in recipe)) return recipe;
  const steps = recipe.steps.filter(({ length }) => length > 0);
  return steps.length === recipe.steps.length ? recipe : { ...headOf(recipe), steps };
}
