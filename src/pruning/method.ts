/** Methods apart from how much they take: what of a rule stays when its method or its amount is changed by hand. */
import { factsOf } from './criteria/criteria';
import { granularityOf } from './granularities/granularities';
import type { Amount, Rule } from './recipe';
import type { Candidate } from './resolution';
import { scopeOf } from './scopes/scopes';
import { scoresIn } from './scoring';

/** How tensors are pruned, and how much of them where that is said with it. */
export type Method = Pick<Rule, 'criterion' | 'granularity' | 'scope' | 'amount' | 'keep' | 'seed'>;

export const nothing: Amount = { sparsity: 0 };
const weightMagnitude = { criterion: 'magnitude', granularity: 'weight' } as const;

/**
 * What a hand's amount is of: what the rules that decided rank, where they agree. Patterns have no threshold and no
 * amount, and rows none they share: there it is the magnitude of single weights.
 * @param scope of tensors that are placed together
 */
export function methodByHand(
  deciding: readonly (Rule | undefined)[],
  amount: Amount,
  scope: 'global' | 'layer',
): Method {
  const [first] = deciding;
  if (!first || deciding.some((rule) => !rule || !ranksAlike(rule, first)) || isOfPatterns(first)) {
    return { ...weightMagnitude, scope, amount };
  }
  const { criterion, granularity, seed } = first;
  const isByRow = deciding.every((rule) => rule && takesRows(rule));
  if (takesRows(first) && !isCounting(amount)) return { ...weightMagnitude, scope, amount };
  return { criterion, granularity, scope: isByRow ? first.scope : scope, amount, ...(seed !== undefined && { seed }) };
}

/** The one rule over a model with another amount. What shares out an amount still does. */
export function ruleByHand(rule: Rule, amount: Amount): Rule {
  const { keep } = rule;
  if ('sparsity' in amount && !isOfPatterns(rule)) return { ...rule, amount };
  const floor = keep !== undefined && !isOfPatterns(rule) && { keep };
  return { ...matchingOf(rule), ...methodByHand([rule], amount, 'global'), ...floor };
}

/** Which tensors a rule means, and what it is called. */
export function matchingOf({
  name,
  tensors,
  exclude,
  kinds,
}: Rule): Pick<Rule, 'name' | 'tensors' | 'exclude' | 'kinds'> {
  return {
    ...(name !== undefined && { name }),
    ...(tensors && { tensors }),
    ...(exclude && { exclude }),
    ...(kinds && { kinds }),
  };
}

function ranksAlike(a: Rule, b: Rule): boolean {
  return (
    a.criterion === b.criterion &&
    a.seed === b.seed &&
    (a.granularity === b.granularity || JSON.stringify(a.granularity) === JSON.stringify(b.granularity))
  );
}

function isCounting(amount: Amount): boolean {
  return 'sparsity' in amount || 'count' in amount;
}

function isOfPatterns({ granularity }: Rule): boolean {
  return granularityOf(granularity).takes === 'patterns';
}

function takesRows({ scope }: Rule): boolean {
  return scopeOf(scope).takes === 'rows';
}

/** The amount of a rule under another method, where it still means the same; else nothing goes. */
export function keptAmount(amount: Amount | undefined, rule: Rule, method: Method): Amount {
  if (!amount) {
    const record = granularityOf(rule.granularity);
    return record.takes === 'patterns' ? { sparsity: record.shareOf(rule.granularity) } : nothing;
  }
  if ('sparsity' in amount) return amount;
  const countsAlike = JSON.stringify(rule.granularity) === JSON.stringify(method.granularity);
  if ('count' in amount) return countsAlike && rule.scope === method.scope ? amount : nothing;
  const takesAny = scopeOf(method.scope).demands?.amount === undefined;
  return countsAlike && takesAny && isOnOneScale(rule, method) ? amount : nothing;
}

function isOnOneScale({ criterion }: Rule, method: Method): boolean {
  return criterion === method.criterion || (factsOf(criterion).isOfWeights && factsOf(method.criterion).isOfWeights);
}

/** What a rule over several tensors asks of one of them. */
export function amountForOne({ granularity, scope, amount }: Rule, group: readonly Candidate[]): Amount | undefined {
  if (!amount || !('count' in amount) || !scopeOf(scope).isShared || group.length === 1) return amount;
  const total = group.reduce((sum, candidate) => sum + scoresIn(granularity, candidate), 0);
  return { sparsity: total === 0 ? 0 : Math.min(1, amount.count / total) };
}
