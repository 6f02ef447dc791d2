/** Rules that are switched off: they stay in the recipe, and no edit of it reaches them. */
import { at } from '../lib/known';
import { roundsOf } from './decide';
import { headOf, type Recipe, type Rule } from './recipe';
import { mapRounds } from './ruleLists';

/** The recipe without rules that are off: what it does. The recipe itself where it has none. */
export function withoutOff(recipe: Recipe): Recipe {
  const hasOff = roundsOf(recipe).some((rules) => rules.some(({ off }) => off));
  return hasOff ? mapRounds(recipe, (rules) => rules.filter(({ off }) => !off)) : recipe;
}

/**
 * An edit that leaves rules that are off as they are, each behind the rule that it stood behind.
 * @param edit sees the recipe as if they were not there
 */
export function aroundOff(recipe: Recipe, edit: (recipe: Recipe) => Recipe): Recipe {
  const free = withoutOff(recipe);
  const edited = edit(free);
  if (free === recipe) return edited;
  if (edited === free) return recipe;
  const rounds = roundsOf(edited);
  const before = roundsOf(recipe);
  // Of several rounds the last ones stay: what stood in others comes to the first.
  const left = Math.max(0, before.length - rounds.length);
  const joined = [before.slice(0, left + 1).flat(), ...before.slice(left + 1)];
  const added = Math.max(0, rounds.length - before.length);
  const merged = rounds.map((rules, i) => (i < added ? rules : withOffOf(joined[i - added] ?? [], rules)));
  return 'steps' in edited ? { ...headOf(edited), steps: merged } : { ...headOf(edited), rules: at(merged, 0) };
}

function withOffOf(before: readonly Rule[], rules: readonly Rule[]): Rule[] {
  const merged = [...rules];
  before.forEach((rule, i) => {
    if (!rule.off) return;
    const behind = before.slice(0, i).findLast((each) => merged.includes(each));
    merged.splice(behind ? merged.indexOf(behind) + 1 : Math.min(i, merged.length), 0, rule);
  });
  return merged;
}
