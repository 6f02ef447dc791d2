/** Which rule decides for which tensor. */
import { at } from '../lib/known';
import type { TensorId } from '../tensors/tensor';
import { compileGlob, type Glob } from './glob';
import type { Recipe, Rule } from './recipe';
import type { Candidate } from './resolution';
import { followersIn } from './twins';

/** The recipe's rounds: its steps, or its rules as the only one. */
export function roundsOf(recipe: Recipe): readonly (readonly Rule[])[] {
  return 'steps' in recipe ? recipe.steps : [recipe.rules];
}

/** Where a rule stands in its recipe, as a person would write it: `rules[2]`, `steps[1][0]`. */
export function rulePath(recipe: Recipe, round: number, rule: number): string {
  return 'steps' in recipe ? `steps[${round}][${rule}]` : `rules[${rule}]`;
}

/** One entry per candidate: the index of the last rule that matches it and is not off, -1 where none does. */
export function decide(rules: readonly Rule[], candidates: readonly Candidate[]): Int32Array {
  const decisions = new Int32Array(candidates.length).fill(-1);
  let undecided = candidates.length;
  for (let index = rules.length - 1; index >= 0 && undecided > 0; index--) {
    const rule = at(rules, index);
    if (rule.off) continue;
    const matcher = matcherOf(rule);
    const consider = (position: number) => {
      if (decisions[position] !== -1 || !matcher.matches(at(candidates, position))) return;
      decisions[position] = index;
      undecided--;
    };
    if (matcher.onlyNames) {
      // Hundreds of rules may each name a layer: no need to hold every rule against every candidate.
      const positions = positionsByName(candidates);
      for (const name of matcher.onlyNames) {
        const position = positions.get(name);
        if (position !== undefined) consider(position);
      }
    } else {
      for (let position = 0; position < candidates.length; position++) consider(position);
    }
  }
  return decisions;
}

/** The tensors that are in: some rule, of some step, decides for them, or for those whose masks they take. */
export function population(recipe: Recipe, candidates: readonly Candidate[]): Set<TensorId> {
  const ids = new Set<TensorId>();
  const { ranked, originals } = followersIn(recipe, candidates);
  for (const rules of roundsOf(recipe)) {
    decide(rules, ranked).forEach((rule, position) => {
      if (rule !== -1) ids.add(at(ranked, position).id);
    });
  }
  for (const [id, original] of originals) if (original && ids.has(original.id)) ids.add(id);
  return ids;
}

interface RuleMatcher {
  /** Present when nothing but these names can match. */
  readonly onlyNames: ReadonlySet<string> | undefined;
  matches(candidate: Candidate): boolean;
}

type Named = Pick<Candidate, 'name' | 'aliases'>;

/** A list of patterns, with those that name a tensor exactly apart: they are looked up, not tried. */
export class PatternList {
  readonly exact = new Set<string>();
  readonly globs: Glob[] = [];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      this.exact.add(pattern);
      const glob = compileGlob(pattern);
      if (glob.literal === undefined) this.globs.push(glob);
      else this.exact.add(glob.literal);
    }
  }

  names({ name, aliases }: Named): boolean {
    return this.exact.has(name) || aliases.some((alias) => this.exact.has(alias));
  }

  matches(candidate: Named): boolean {
    if (this.names(candidate)) return true;
    const { name, aliases } = candidate;
    return this.globs.some((glob) => glob.matches(name) || aliases.some((alias) => glob.matches(alias)));
  }
}

function matcherOf({ tensors, exclude, kinds, locked }: Rule): RuleMatcher {
  const included = tensors && new PatternList(tensors);
  const excluded = exclude && new PatternList(exclude);
  return {
    onlyNames: included?.globs.length === 0 ? included.exact : undefined,
    matches: (candidate) =>
      (locked ?? false) === (candidate.locked ?? false) &&
      (kinds === undefined || kinds.includes(candidate.kind)) &&
      (included === undefined || included.matches(candidate)) &&
      (candidate.byDefault || included?.names(candidate) === true) &&
      excluded?.matches(candidate) !== true,
  };
}

const positions = new WeakMap<readonly Candidate[], ReadonlyMap<string, number>>();

/** Names and aliases of the candidates; made once for each list. */
function positionsByName(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const known = positions.get(candidates);
  if (known) return known;
  const made = new Map<string, number>();
  candidates.forEach(({ name, aliases }, at) => {
    made.set(name, at);
    for (const alias of aliases) made.set(alias, at);
  });
  positions.set(candidates, made);
  return made;
}
