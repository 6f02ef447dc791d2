/** Which exports an open file can have, beside the pruned file itself. */
import type { OpenedCheckpoint } from '../opened';
import type { ExportKind } from './exportKind';

/**
 * `reparametrised` and `permanent` for state dicts, the latter where the file holds masks; of `sparse-onnx` `estimateSize`
 * says whether it is smaller. `gzip` for a single file.
 */
export function availableExports({ can, parts, layers, readOnly }: OpenedCheckpoint): ExportKind[] {
  if (readOnly !== undefined) return [];
  const kinds: ExportKind[] = [];
  if (layers.some(({ prunable }) => prunable)) kinds.push('masks');
  if (can.stateDict) kinds.push('reparametrised');
  if (can.stateDict && layers.some(({ maskOf }) => maskOf !== undefined)) kinds.push('permanent');
  if (parts.length === 1) kinds.push('gzip');
  if (can.sparse && parts.length === 1) kinds.push('sparse-onnx');
  return kinds;
}
