/** Which rules of a recipe find tensors in a checkpoint: one made for other names finds none, and would prune nothing. */
import { at } from '../lib/known';
import { decide, roundsOf, rulePath } from './decide';
import type { Recipe, Rule } from './recipe';
import type { Candidate } from './resolution';
import { followersIn } from './twins';

export interface RecipeMatches {
  /** Of all steps, those that are not off. */
  readonly rules: number;
  readonly off: number;
  /** Rules that match nothing, each by its place: `rules[2]`. */
  readonly unmatched: readonly { readonly path: string; readonly rule: Rule }[];
  /** That some rule matches, whichever decides for them in the end. */
  readonly tensors: number;
}

export function matchesOf(recipe: Recipe, candidates: readonly Candidate[]): RecipeMatches {
  const { ranked } = followersIn(recipe, candidates);
  const rounds = roundsOf(recipe);
  const unmatched: { path: string; rule: Rule }[] = [];
  const matched = new Set<number>();
  rounds.forEach((rules, round) => {
    rules.forEach((rule, index) => {
      if (rule.off) return;
      let isMatched = false;
      decide([rule], ranked).forEach((decision, position) => {
        if (decision === -1) return;
        isMatched = true;
        matched.add(at(ranked, position).id);
      });
      if (!isMatched) unmatched.push({ path: rulePath(recipe, round, index), rule });
    });
  });
  const all = rounds.flat();
  const off = all.filter((rule) => rule.off).length;
  return { rules: all.length - off, off, unmatched, tensors: matched.size };
}
