/** What a threshold in the table is compared with, as short as a chip and as a sentence. */
import { formatValue } from '../../lib/numbers';
import { criterionOf, factsOf } from '../../pruning/criteria/criteria';
import { granularityOf } from '../../pruning/granularities/granularities';
import { areGroups } from '../../pruning/granularities/granularity';
import type { Rule } from '../../pruning/recipe';
import { scopeOf } from '../../pruning/scopes/scopes';
import type { Layer } from '../../state/checkpointSlice';
import { scoreWords } from '../parts/scores/scoreWords';

/** Absent for the magnitude of single weights, which needs no saying. */
export function chipOf({ criterion, granularity, scope }: Rule): string | undefined {
  const { chip } = criterionOf(criterion);
  const record = granularityOf(granularity);
  const isDrawn = areGroups(record) && factsOf(criterion).ofGroups === 'draws';
  return (isDrawn ? chip : record.chip?.(granularity)) ?? scopeOf(scope).chip ?? chip;
}

/** @param threshold absent: nothing goes yet, or there is none */
export function meaningOf(rule: Rule, layer: Layer, threshold: number | undefined): string {
  const record = granularityOf(rule.granularity);
  if (record.takes === 'patterns') return record.meaning(rule.granularity);
  const scope = scopeOf(rule.scope);
  if (scope.takes === 'rows') return scope.meaning;
  const words = scoreWords(rule, [layer]);
  if (threshold === undefined) return `Ranked: the ${words.symbol} of ${words.plural}`;
  return `What goes: ${words.plural} with ${words.symbol} ≤ ${formatValue(threshold)}`;
}
