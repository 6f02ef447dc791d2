/** What to say of a file that brings pruning masks along. */

import type { Note } from '../../formats/format';
import { at } from '../../lib/known';
import { formatPercent, formatQuantity } from '../../lib/numbers';
import type { Layer } from '../opened';

/** @param layers measured */
export function maskNotes(layers: readonly Layer[]): Note[] {
  const masks = layers.filter((layer) => layer.maskOf !== undefined);
  if (masks.length === 0) return [];
  let weights = 0;
  let masked = 0;
  for (const { numel, statistics } of masks) {
    weights += numel;
    masked += statistics?.zeros ?? 0;
  }
  const share = weights === 0 ? '0.0 %' : formatPercent(masked / weights);
  const areTorchs = masks.every(({ maskOf }) => maskOf !== undefined && at(layers, maskOf).name.endsWith('_orig'));
  const where = areTorchs ? ' (X_mask beside X_orig)' : '';
  const text = `The file holds ${formatQuantity(masks.length, 'pruning mask')}${where}: ${share} of these weights are masked.`;
  return [{ severity: 'info', text }];
}
