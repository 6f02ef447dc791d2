/** Which exports an open file can have, beside the pruned file itself. */
import type { OpenedCheckpoint } from '../opened';
import type { ExportKind } from '../protocol';
import { isWritableFormat } from './newCheckpoint';

/**
 * `reparametrised` and `permanent` for state dicts, the latter where the file holds masks; `sparse-onnx` for ONNX, where
 * `estimateSize` says whether it is smaller.
 */
export function availableExports({ format, layers, readOnly }: OpenedCheckpoint): ExportKind[] {
  if (readOnly !== undefined) return [];
  const kinds: ExportKind[] = [];
  if (layers.some(({ prunable }) => prunable)) kinds.push('masks');
  if (isWritableFormat(format)) kinds.push('reparametrised');
  if (isWritableFormat(format) && layers.some(({ maskOf }) => maskOf !== undefined)) kinds.push('permanent');
  kinds.push('gzip');
  if (format === 'ONNX') kinds.push('sparse-onnx');
  return kinds;
}
