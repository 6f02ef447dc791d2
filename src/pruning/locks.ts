/**
 * Locks: a locked tensor keeps what it is set to, and no edit reaches it. Its rules say `locked`, and decide for locked
 * tensors alone; where it has none, nothing of it goes.
 */
import { at } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import { decide, PatternList, roundsOf } from './decide';
import { exactPattern } from './glob';
import { granularityOf } from './granularities/granularities';
import { groupSizeOf } from './groups';
import { type Method, nothing } from './method';
import { type Amount, headOf, type Recipe, type Rule } from './recipe';
import type { Candidate, Outcome, Resolution } from './resolution';
import { countForFraction } from './round';
import { mapRounds, meansOneOf, namesOf, patternsOf, withoutNames } from './ruleLists';
import { scopeOf } from './scopes/scopes';
import { groupsIn } from './scoring';
import { aroundOff } from './switchedOff';
import { followersIn } from './twins';

/** A tensor by all names that a lock may mean. */
export interface Lockable {
  readonly name: string;
  readonly aliases: readonly string[];
}

/**
 * The tensors locked as they are: what goes of them, and of all others, stays the same. An amount that they shared with others
 * becomes one of each of them, and what of it is left that of the others.
 * @param locking tensors of the file, with or without rules
 * @param resolveHere what a recipe makes of the candidates
 */
export function lock(
  recipe: Recipe,
  candidates: readonly Candidate[],
  locking: readonly Lockable[],
  resolveHere: (recipe: Recipe) => Resolution,
): Recipe {
  const before = new PatternList(recipe.locked ?? []);
  const fresh = locking.filter((each) => !before.matches(each));
  if (fresh.length === 0) return recipe;
  const names = namesOf(fresh);
  const { ranked } = followersIn(recipe, candidates);
  const rounds = roundsOf(recipe);
  const after = rounds.map((_, i) =>
    resolveHere(i === rounds.length - 1 ? recipe : { ...headOf(recipe), steps: rounds.slice(0, i + 1) }),
  );
  const changed = mapRounds(recipe, (rules, i) => frozen(rules, ranked, names, takenBy(after[i - 1], at(after, i))));
  return { ...changed, locked: [...(recipe.locked ?? []), ...fresh.map(({ name }) => exactPattern(name))] };
}

/**
 * The tensors free again: their rules are like all others, and none but they are. A glob that locked others, too, gives way to
 * the names of these.
 * @param all tensors of the file
 */
export function unlock(recipe: Recipe, freed: readonly Lockable[], all: readonly Lockable[]): Recipe {
  const isFreed = new Set(freed);
  const wasLocked = new PatternList(recipe.locked ?? []);
  const staying = all.filter((each) => !isFreed.has(each) && wasLocked.matches(each));
  const patterns = (recipe.locked ?? []).filter((pattern) => {
    const list = new PatternList([pattern]);
    return !freed.some((each) => list.matches(each));
  });
  const still = new PatternList(patterns);
  const named = staying.filter((each) => !still.matches(each)).map(({ name }) => exactPattern(name));
  const { locked: _, ...rest } = recipe;
  const opened = mapRounds(rest, (rules) => thawed(rules, namesOf(freed)));
  const locked = [...patterns, ...named];
  return locked.length === 0 ? opened : { ...opened, locked };
}

type Edit = (recipe: Recipe, candidates: readonly Candidate[]) => Recipe;

/**
 * An edit that leaves locked tensors, their rules, and rules that are off as they are.
 * @param edit sees the recipe and the candidates as if they were not there
 */
export function aroundLocks(recipe: Recipe, candidates: readonly Candidate[], edit: Edit): Recipe {
  return aroundOff(recipe, (on) => aroundLocked(on, candidates, edit));
}

function aroundLocked(recipe: Recipe, candidates: readonly Candidate[], edit: Edit): Recipe {
  const lockedRounds = roundsOf(recipe).map((rules) => rules.filter(({ locked }) => locked));
  const firstLocked = lockedRounds.findIndex((rules) => rules.length > 0);
  const open = openAmong(candidates);
  if (firstLocked < 0) return edit(recipe, open);
  const free = mapRounds(recipe, (rules) => rules.filter(({ locked }) => !locked));
  const edited = edit(free, open);
  if (edited === free) return recipe;
  const freeRounds = roundsOf(edited);
  const count = Math.max(freeRounds.length, lockedRounds.length - firstLocked);
  // An edit that makes one round of several prunes with the last of them.
  const merged = Array.from({ length: count }, (_, i) => [
    ...(freeRounds[i - count + freeRounds.length] ?? []),
    ...(lockedRounds[i - count + lockedRounds.length] ?? []),
  ]);
  const head = headOf(edited);
  return count === 1 && !('steps' in edited) ? { ...head, rules: at(merged, 0) } : { ...head, steps: merged };
}

/** Without locks, and without what is set for locked tensors. */
export function withoutLocks(recipe: Recipe): Recipe {
  const { locked: _, ...rest } = recipe;
  return mapRounds(rest, (rules) => rules.filter((rule) => !rule.locked));
}

const open = new WeakMap<readonly Candidate[], readonly Candidate[]>();

/** The same list for the same candidates: a drag asks in every frame. */
function openAmong(candidates: readonly Candidate[]): readonly Candidate[] {
  const known = open.get(candidates);
  if (known) return known;
  const made = candidates.some(({ locked }) => locked) ? candidates.filter(({ locked }) => !locked) : candidates;
  open.set(candidates, made);
  return made;
}

/** What one round takes of a tensor, in weights. */
interface Taken {
  readonly weights: number;
  /** Of how many: those that the rounds before left. */
  readonly of: number;
  /** Where it ends. */
  readonly threshold: number | undefined;
  /** Of channels that it gives: how many, of which scores. */
  readonly units: Outcome['scores'];
}
type TakenOf = (candidate: Candidate) => Taken;

function takenBy(before: Resolution | undefined, after: Resolution): TakenOf {
  return ({ id, statistics }) => {
    const gone = before?.outcomes.get(id)?.pruned ?? 0;
    const outcome = after.outcomes.get(id);
    const weights = (outcome?.pruned ?? gone) - gone;
    return { weights, of: statistics.count - gone, threshold: outcome?.placement?.threshold, units: outcome?.scores };
  };
}

/** One round, in which the tensors named have rules of their own. */
function frozen(
  rules: readonly Rule[],
  candidates: readonly Candidate[],
  names: ReadonlySet<string>,
  takenOf: TakenOf,
): Rule[] {
  const decisions = decide(rules, candidates);
  const own = new Map<string, { readonly method: Omit<Rule, 'tensors'>; readonly of: Candidate[] }>();
  const others = rules.map((rule, index): Rule => {
    const group = candidates.filter((_, i) => decisions[i] === index);
    const locking = group.filter(({ name }) => names.has(name));
    if (locking.length === 0 || rule.locked) return rule;
    for (const candidate of locking) {
      const method = { ...methodOfOne(rule, candidate, takenOf), locked: true } as const;
      getOrInsert(own, JSON.stringify(method), () => ({ method, of: [] })).of.push(candidate);
    }
    const rest = group.filter(({ name }) => !names.has(name));
    return { ...rule, ...amountOfRest(rule, group, rest, takenOf) };
  });
  const frozenRules = [...own.values()].map(({ method, of }): Rule => ({ tensors: patternsOf(of), ...method }));
  return [...withoutNames(others, names), ...frozenRules];
}

function methodOfOne(rule: Rule, candidate: Candidate, takenOf: TakenOf): Method {
  const { criterion, granularity, seed, scope, amount, keep } = rule;
  const ranks = { criterion, granularity, ...(seed !== undefined && { seed }) };
  const asItIs = { ...ranks, scope, ...(amount && { amount }), ...(keep !== undefined && { keep }) };
  return sharesCount(rule) ? { ...ranks, scope: 'layer', amount: amountOfOne(rule, candidate, takenOf) } : asItIs;
}

function amountOfOne(rule: Rule, candidate: Candidate, takenOf: TakenOf): Amount {
  const { weights, of, threshold, units } = takenOf(candidate);
  if (isOfUnits(rule)) return { count: units?.gone ?? 0 };
  if (weights === 0) return nothing;
  const size = weightsAScore(rule, candidate);
  const isOfAll = of === candidate.statistics.count || size === 1;
  // Groups of which something went before are not all of one size.
  return size !== undefined && isOfAll ? { count: Math.round(weights / size) } : { threshold: threshold ?? 0 };
}

/** The same of the rest as before; where that cannot be said as a share of it, the rest shares the whole amount. */
function amountOfRest(
  rule: Rule,
  group: readonly Candidate[],
  rest: readonly Candidate[],
  takenOf: TakenOf,
): { readonly amount?: Amount } {
  const { amount } = rule;
  const isOfOneModel = group.every(({ model }) => model === at(group, 0).model);
  if (!amount || !sharesCount(rule) || !isOfOneModel) return {};
  if (isOfUnits(rule))
    return {
      amount: {
        count:
          unitsGone(group, takenOf) -
          unitsGone(
            group.filter((each) => !rest.includes(each)),
            takenOf,
          ),
      },
    };
  let [scores, of] = [0, 0];
  for (const candidate of rest) {
    const size = weightsAScore(rule, candidate);
    const taken = takenOf(candidate);
    if (size === undefined || (size !== 1 && taken.of !== candidate.statistics.count)) return {};
    scores += taken.weights / size;
    of += taken.of / size;
  }
  if (!('sparsity' in amount)) return { amount: { count: scores } };
  const isSame = countForFraction(amount.sparsity, of) === scores;
  return isSame ? {} : { amount: { sparsity: of === 0 ? 0 : scores / of } };
}

function isOfUnits({ granularity }: Rule): boolean {
  return granularityOf(granularity).takes === 'units';
}

/** Channels that several tensors give count once. */
function unitsGone(candidates: readonly Candidate[], takenOf: TakenOf): number {
  const gone = new Map(
    candidates.map((candidate) => [takenOf(candidate).units?.statistics, takenOf(candidate).units?.gone]),
  );
  return [...gone.values()].reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** A number of scores that tensors share: what one takes depends on the others. */
function sharesCount({ scope, granularity, amount }: Rule): boolean {
  const isCounted = amount !== undefined && ('sparsity' in amount || 'count' in amount);
  return isCounted && granularityOf(granularity).takes !== 'patterns' && scopeOf(scope).isShared;
}

/** Weights that go together; undefined where that is not the same everywhere. */
function weightsAScore({ granularity }: Rule, candidate: Candidate): number | undefined {
  const groups = groupsIn(granularity, candidate);
  if (!groups) return 1;
  return 'why' in groups ? undefined : groupSizeOf(candidate.shape, groups);
}

/** One round, in which the rules of the tensors named are like all others. */
function thawed(rules: readonly Rule[], names: ReadonlySet<string>): Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.locked) return [rule];
    const { locked: _, ...free } = rule;
    const isMeant = (pattern: string) => meansOneOf(pattern, names);
    const meant = rule.tensors?.filter(isMeant) ?? [];
    const others = rule.tensors?.filter((pattern) => !isMeant(pattern)) ?? [];
    return [
      ...(others.length > 0 ? [{ ...rule, tensors: others }] : []),
      ...(meant.length > 0 ? [{ ...free, tensors: meant }] : []),
    ];
  });
}
