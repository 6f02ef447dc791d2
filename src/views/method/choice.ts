/** A method as the panel's controls hold it, and which of their values go together. */
import { at } from '../../lib/known';
import { type Criterion, factsOf } from '../../pruning/criteria/criteria';
import { type Granularity, granularityOf } from '../../pruning/granularities/granularities';
import type { Method } from '../../pruning/method';
import type { Amount, Rule } from '../../pruning/recipe';
import { type Scope, scopeOf, scopes } from '../../pruning/scopes/scopes';

/** How an amount is shared out: a scope of the recipe, or standard deviations, which say how much goes of each layer. */
export type Sharing = Scope | 'sigma';

export interface Choice {
  readonly criterion: Criterion;
  readonly granularity: Granularity;
  /** Nothing to choose beside a pattern. */
  readonly sharing: Sharing;
  /** Share that stays whatever the amount, 0 to 1. */
  readonly keep: number;
  readonly seed: number;
  /** Standard deviations. */
  readonly sigma: number;
}

export function choiceOf({ criterion, granularity, scope, amount, keep = 0, seed = 0 }: Rule): Choice {
  const isSigma = amount !== undefined && 'sigma' in amount;
  return {
    criterion,
    granularity,
    sharing: isSigma ? 'sigma' : scope,
    keep,
    seed,
    sigma: isSigma ? amount.sigma : 1,
  };
}

/**
 * Ways to share out that go with a criterion and a granularity.
 * @param isSingle one layer is edited: there is nobody to share with
 */
export function sharingsFor({ criterion, granularity }: Choice, isSingle: boolean): readonly Sharing[] {
  const record = granularityOf(granularity);
  const { takes } = record;
  if (takes === 'patterns') return [];
  const fitting = scopes.filter(({ name, isShared, demands }) => {
    if (record.takes === 'units' && !record.scopes.includes(name)) return false;
    const isOfCriterion = (demands?.criterion?.only ?? criterion) === criterion;
    return isOfCriterion && (takes === 'weights' || !demands?.weights) && !(isSingle && isShared);
  });
  const byThresholds = fitting.filter((scope) => scope.takes === 'thresholds');
  const others = fitting.filter((scope) => scope.takes !== 'thresholds');
  const sharings: Sharing[] = [...byThresholds, ...others].map(({ name }) => name);
  if (factsOf(criterion).hasDeviation) sharings.push('sigma');
  return sharings;
}

/** The choice with one control changed, and the others where they no longer go with it. */
export function changed(choice: Choice, change: Partial<Choice>, isSingle: boolean): Choice {
  const wanted = { ...choice, ...change };
  const fitting = fittingTo(wanted, change);
  const sharings = sharingsFor(fitting, isSingle);
  if (sharings.length === 0 || sharings.includes(fitting.sharing)) return fitting;
  return { ...fitting, sharing: at(sharings, 0) };
}

/** What was not chosen just now gives way. */
function fittingTo(wanted: Choice, { granularity }: Partial<Choice>): Choice {
  const record = granularityOf(wanted.granularity);
  if (record.takes === 'units' && !record.criteria.includes(wanted.criterion)) {
    if (granularity === undefined) return { ...wanted, granularity: 'weight' };
    return fittingTo({ ...wanted, criterion: 'magnitude' }, { granularity });
  }
  // Effects of one layer's channels say little beside those of another's.
  if (record.takes === 'units' && granularity !== undefined && wanted.sharing === 'global') {
    return { ...wanted, sharing: 'layer' };
  }
  const isRanked = record.takes !== 'groups' || factsOf(wanted.criterion).ranksGroups;
  return isRanked ? wanted : { ...wanted, granularity: 'weight' };
}

/**
 * The method of a choice. What goes stays the same share where the amount that was asked for means something else now.
 * @param rule decides now; undefined where several do, which then each keep their amount
 * @param now what goes, and whether that is all that the rule decides for
 */
export function methodOf(choice: Choice, rule: Rule | undefined, now: Present): Method {
  const { criterion, granularity, sharing, keep, seed, sigma } = choice;
  const ranks = { criterion, granularity, ...(factsOf(criterion).need === 'seed' && { seed }) };
  if (granularityOf(granularity).takes === 'patterns') return { ...ranks, scope: 'layer' };
  const floor = keep > 0 && { keep };
  if (sharing === 'sigma') return { ...ranks, scope: 'layer', amount: { sigma }, ...floor };
  const amount = rule && amountFor(choice, rule, now);
  return { ...ranks, scope: sharing, ...(amount && { amount }), ...floor };
}

export interface Present {
  /** 0 to 1 */
  readonly share: number;
  /** The whole model is edited, not a part of it. */
  readonly isWhole: boolean;
}

function amountFor(choice: Choice, rule: Rule, { share, isWhole }: Present): Amount {
  const { amount } = rule;
  // A part of what shares an amount may lose another share of itself.
  if (amount && 'sparsity' in amount && (isWhole || !scopeOf(rule.scope).isShared)) return amount;
  const before = choiceOf(rule);
  const isSame = (['criterion', 'granularity', 'sharing'] as const).every(
    (field) => JSON.stringify(before[field]) === JSON.stringify(choice[field]),
  );
  if (amount && isSame) return amount;
  // Tenths of a percent, as figures are shown.
  return { sparsity: Math.round(share * 1000) / 1000 };
}
