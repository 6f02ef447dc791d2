/** What a threshold in the table is compared with, as short as a chip and as a sentence. */
import { formatValue } from '../../lib/numbers';
import type { Rule } from '../../pruning/recipe';
import { isPattern } from '../../pruning/score';
import type { Layer } from '../../state/checkpointSlice';
import { normText, scoreWords } from '../parts/scores/scoreWords';

/** Absent for the magnitude of single weights, which needs no saying. */
export function chipOf({ criterion, granularity, scope }: Rule): string | undefined {
  if (isPattern(granularity)) return `${granularity.n}:${granularity.m}`;
  if (granularity !== 'weight') {
    if (criterion === 'random') return 'rnd';
    if (granularity === 'kernel') return 'k×k';
    return 'block' in granularity ? granularity.block.join('×') : normText(granularity.norm);
  }
  if (scope === 'row') return 'row';
  switch (criterion) {
    case 'magnitude':
      return undefined;
    case 'signed':
      return 'w';
    case 'random':
      return 'rnd';
    case 'magnitude_increase':
      return 'Δ|w|';
    case 'activation':
      return '‖x‖';
  }
}

/** @param threshold absent: nothing goes yet, or there is none */
export function meaningOf(rule: Rule, layer: Layer, threshold: number | undefined): string {
  const { granularity, scope } = rule;
  if (isPattern(granularity)) {
    return `Of every ${granularity.m} neighbours along the inputs the ${granularity.n} highest stay`;
  }
  if (scope === 'row') return 'Each output loses the same number of its weights';
  const words = scoreWords(rule, [layer]);
  if (threshold === undefined) return `Ranked: the ${words.symbol} of ${words.plural}`;
  return `What goes: ${words.plural} with ${words.symbol} ≤ ${formatValue(threshold)}`;
}
