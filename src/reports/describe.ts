/** Rules and masks in words. */
import { formatPercent, formatQuantity, formatValue } from '../lib/numbers';
import type { Granularity, Rule } from '../pruning/recipe';
import type { Mask, OwnMask } from '../pruning/resolution';

/** `magnitude of single weights, all layers ranked together: 50.0 % go` */
export function describeRule({ criterion, granularity, scope, amount, keep }: Rule): string {
  if (typeof granularity === 'object' && 'n' in granularity) {
    return `${criteria[criterion]} of single weights: of every ${granularity.m} neighbours the ${granularity.n} highest stay`;
  }
  const floor = keep ? `, and at least ${formatPercent(keep)} of each layer stay` : '';
  const isPlaced = amount !== undefined && ('threshold' in amount || 'sigma' in amount);
  const order = isPlaced ? '' : ranked(scope);
  return `${criteria[criterion]} of ${units(granularity)}${order}: ${amountText(amount, granularity)}${floor}`;
}

/** `|w| <= 0.0142`, `L2 norm along dim 0 <= 1.2, and 3 of those equal to it`, … */
export function describeMask(mask: Mask): string {
  if (mask.kind === 'same') return `the same elements as of ${mask.name}`;
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

const criteria: Readonly<Record<Rule['criterion'], string>> = {
  magnitude: 'magnitude',
  signed: 'signed value',
  random: 'random draw',
  magnitude_increase: 'increase of the magnitude',
  activation: 'magnitude times activation',
};

function units(granularity: Granularity): string {
  if (granularity === 'weight') return 'single weights';
  if (granularity === 'kernel') return 'kernels (L1 norm)';
  if ('block' in granularity) return `blocks of ${granularity.block.join(' x ')} (L1 norm)`;
  return 'dim' in granularity ? `channels along dim ${granularity.dim} (L${granularity.norm} norm)` : 'single weights';
}

function ranked(scope: Rule['scope']): string {
  switch (scope) {
    case 'global':
      return ', all layers ranked together';
    case 'layer':
      return ', each layer for itself';
    case 'row':
      return ', each output for itself';
    case 'erk':
      return ', layers by Erdos-Renyi-kernel densities';
    case 'lamp':
      return ', layer-adaptive (LAMP)';
  }
}

function amountText(amount: Rule['amount'], granularity: Granularity): string {
  if (!amount) return 'nothing goes';
  if ('sparsity' in amount) return `${formatPercent(amount.sparsity)} go`;
  if ('count' in amount) return `${formatQuantity(amount.count, granularity === 'weight' ? 'weight' : 'group')} go`;
  if ('sigma' in amount) return `what is at or below ${formatValue(amount.sigma)} standard deviations goes`;
  return `what is at or below ${exactly(amount.threshold)} goes`;
}

/** Nine digits tell any two float32 values apart. */
function exactly(value: number): string {
  return String(Number(value.toPrecision(9)));
}

function scoreText({ score: { criterion, groups } }: OwnMask): string {
  if (!groups) {
    return criterion === 'magnitude' ? '|w|' : criterion === 'signed' ? 'w' : criteria[criterion];
  }
  const of = criterion === 'magnitude' ? 'norm' : criteria[criterion];
  switch (groups.kind) {
    case 'dim':
      return criterion === 'magnitude'
        ? `L${groups.norm} norm along dim ${groups.axis}`
        : `${of} along dim ${groups.axis}`;
    case 'kernel':
      return `${of} of kernels`;
    case 'block':
      return `${of} of ${groups.size.join(' x ')} blocks`;
  }
}
