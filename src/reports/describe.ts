/** Rules and masks in words. */
import { formatPercent, formatQuantity, formatValue } from '../lib/numbers';
import { criterionOf, factsOf } from '../pruning/criteria/criteria';
import { granularities, granularityOf } from '../pruning/granularities/granularities';
import { type GranularityRecord, isOwnScore } from '../pruning/granularities/granularity';
import type { Rule } from '../pruning/recipe';
import type { Mask, OwnMask, SlicesOfAxis } from '../pruning/resolution';
import { scopeOf } from '../pruning/scopes/scopes';

/** `magnitude of single weights, all layers ranked together: 50.0 % go` */
export function describeRule({ criterion, granularity, scope, amount, keep }: Rule): string {
  const record = granularityOf(granularity);
  const { description } = record.takes === 'units' && isOwnScore(criterion) ? record.scored : criterionOf(criterion);
  const what = `${description} of ${record.description(granularity)}`;
  if (record.takes === 'patterns') return `${what}: ${record.rule(granularity)}`;
  const floor = keep ? `, and at least ${formatPercent(keep)} of each layer stay` : '';
  const isPlaced = amount !== undefined && ('threshold' in amount || 'sigma' in amount);
  const order = isPlaced ? '' : `, ${scopeOf(scope).description}`;
  return `${what}${order}: ${amountText(amount, unitsIn(record))}${floor}`;
}

/** `|w| <= 0.0142`, `L2 norm along dim 0 <= 1.2, and 3 of those equal to it`, … */
export function describeMask(mask: Mask): string {
  if (mask.kind === 'same') return `the same elements as of ${mask.name}`;
  if (mask.kind === 'values') return 'weights fitted anew';
  if (mask.kind === 'int8') return 'rounded to int8';
  if (mask.kind === 'slices') return slicesText(mask.cuts);
  const scored = scoreText(mask);
  switch (mask.kind) {
    case 'threshold': {
      const { threshold, ties } = mask;
      const at = exactly(threshold);
      return ties === Number.POSITIVE_INFINITY
        ? `${scored} <= ${at}`
        : `${scored} < ${at}, and the first ${ties} equal to it`;
    }
    case 'pattern':
      return `${mask.n}:${mask.m} by ${scored} along dim ${mask.axis}`;
    case 'rows':
      return `the lowest ${mask.count} of each index of dim ${mask.axes.join(' and ')} by ${scored}`;
  }
}

/** `channels: 8 of dim 0, 4 of dim 1` */
function slicesText(cuts: readonly SlicesOfAxis[]): string {
  return `channels: ${cuts.map(({ axis, indices }) => `${indices.length} of dim ${axis}`).join(', ')}`;
}

function unitsIn({ takes, noun }: Pick<GranularityRecord<unknown>, 'takes' | 'noun'>): string {
  return takes === 'groups' ? 'group' : noun;
}

/** @param unit what is counted */
function amountText(amount: Rule['amount'], unit: string): string {
  if (!amount) return 'nothing goes';
  if ('sparsity' in amount) return `${formatPercent(amount.sparsity)} go`;
  if ('count' in amount) return `${formatQuantity(amount.count, unit)} go`;
  if ('sigma' in amount) return `what is at or below ${formatValue(amount.sigma)} standard deviations goes`;
  return `what is at or below ${exactly(amount.threshold)} goes`;
}

/** Nine digits tell any two float32 values apart. */
function exactly(value: number): string {
  return String(Number(value.toPrecision(9)));
}

function scoreText({ score: { criterion, groups } }: OwnMask): string {
  const { symbol, description } = criterionOf(criterion);
  const { isOfWeights } = factsOf(criterion);
  const single = isOfWeights ? symbol : description;
  if (!groups) return single;
  const record = granularities.find(({ key }) => key === groups.kind);
  return record?.takes === 'groups' ? record.scoreText(groups, isOfWeights ? undefined : description) : single;
}
