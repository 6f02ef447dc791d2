/** What an edit did, as the history says it. */
import { formatPercent, formatQuantity, formatValue } from '../lib/numbers';
import type { EditTarget } from '../pruning/edit';

/** `conv1.weight`, `3 layers`. */
export function layersInWords(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : formatQuantity(names.length, 'layer');
}

export function targetInWords(target: EditTarget): string {
  return target.scope === 'model' ? 'Whole model' : layersInWords(target.names);
}

export function thresholdInWords(target: EditTarget, threshold: number): string {
  return `${targetInWords(target)}: threshold ${formatValue(threshold)}`;
}

/** @param sparsity 0 to 1 */
export function sparsityInWords(target: EditTarget, sparsity: number): string {
  return `${targetInWords(target)}: ${formatPercent(sparsity)}`;
}
