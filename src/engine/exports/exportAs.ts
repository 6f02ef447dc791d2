/** Exports beside the pruned file itself: one file of this folder for each kind. */
import { CheckpointError } from '../../lib/errors';
import type { CallContext } from '../callContext';
import type { ExportAsReport, ExportKind } from '../protocol';
import { suffixed } from '../writing/fileName';
import { gzipSize } from './estimate';
import { exportGzip } from './gzip';
import { exportMasks } from './masks';
import { exportPermanent } from './permanent';
import { exportReparametrised } from './reparametrised';
import type { ExportSource, Outcomes } from './source';
import { exportSparseOnnx, sparseOnnxSize } from './sparseOnnx';

interface Export {
  write(source: ExportSource, outcomes: Outcomes, context: CallContext): Promise<Blob>;
  nameFor(fileName: string): string;
}

const exports: Readonly<Record<ExportKind, Export>> = {
  masks: { write: exportMasks, nameFor: (name) => suffixed(name, '-masks', '.safetensors') },
  reparametrised: { write: exportReparametrised, nameFor: (name) => suffixed(name, '-reparametrised') },
  permanent: { write: exportPermanent, nameFor: (name) => suffixed(name, '-permanent') },
  gzip: { write: exportGzip, nameFor: (name) => `${suffixed(name, '-pruned')}.gz` },
  'sparse-onnx': { write: exportSparseOnnx, nameFor: (name) => suffixed(name, '-pruned-sparse') },
};

/** @throws CheckpointError `read-only-file`; `unsupported-feature` where the open file cannot be written so */
export async function exportAs(
  source: ExportSource,
  kind: ExportKind,
  outcomes: Outcomes,
  context: CallContext,
): Promise<ExportAsReport> {
  const { readOnly } = source.session.opened;
  if (readOnly !== undefined) throw new CheckpointError('read-only-file', readOnly);
  const { write, nameFor } = exports[kind];
  const file = await write(source, outcomes, context);
  return { file, fileName: nameFor(source.file.name), size: file.size };
}

/** Bytes: exact for `sparse-onnx` but for a few, from a sample for `gzip`. */
export async function estimateSize(
  source: ExportSource,
  kind: 'gzip' | 'sparse-onnx',
  outcomes: Outcomes,
  context: CallContext,
): Promise<number> {
  return kind === 'gzip' ? gzipSize(source, outcomes, context) : sparseOnnxSize(source, outcomes);
}
