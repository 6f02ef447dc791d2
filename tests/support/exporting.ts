/** Files opened and exported as a browser's worker does it: Blobs in, Blobs out. */
import type { CallContext } from '../../src/engine/callContext';
import { exportAs } from '../../src/engine/exports/exportAs';
import type { ExportKind } from '../../src/engine/exports/exportKind';
import { type ExportSource, type Outcomes, prunedSource } from '../../src/engine/exports/source';
import { openSession, type SessionMeans } from '../../src/engine/session';
import { downloads, scratch } from '../../src/engine/worker/outputs';
import type { Kernels } from '../../src/kernels/kernels';
import { asBlobSource } from '../../src/lib/browser/blobOf';
import { blobSource } from '../../src/lib/browser/blobSource';
import { oneFile } from './oneFile';

export interface OpenFile extends ExportSource {
  readonly file: File;
}

export const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

export async function openFile(file: File, kernels: Kernels, means?: SessionMeans): Promise<OpenFile> {
  const source = blobSource(file);
  return { file, source, session: await openSession(...oneFile(source, file.name), kernels, context, means), scratch };
}

/** The pruned file. */
export async function prunedFile(source: ExportSource, outcomes: Outcomes, within = context): Promise<Blob> {
  return asBlobSource(await prunedSource(source, outcomes, within)).blob;
}

export async function exportedFile(
  source: ExportSource,
  kind: ExportKind,
  outcomes: Outcomes,
  within = context,
): Promise<File> {
  const { name, size, content } = await exportAs(source, kind, outcomes, downloads(), within);
  if (content.size !== size) throw new Error(`${content.size} bytes were written, and ${size} counted.`);
  return new File([content], name);
}
