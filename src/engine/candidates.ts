/** The layers as pruning sees them. */

import type { Candidate } from '../pruning/resolution';
import { isPrunableDtype } from '../tensors/dtype';
import type { Layer } from './opened';

/** One candidate per prunable layer, in file order. */
export function candidatesOf(layers: readonly Layer[]): Candidate[] {
  const candidates: Candidate[] = [];
  for (const layer of layers) {
    if (!layer.prunable || !layer.statistics || !isPrunableDtype(layer.dtype)) continue;
    candidates.push({
      id: layer.id,
      name: layer.name,
      aliases: layer.alsoNamed.map((id) => layers[id]!.name),
      kind: layer.kind,
      dtype: layer.dtype,
      byDefault: layer.byDefault,
      statistics: layer.statistics,
    });
  }
  return candidates;
}
