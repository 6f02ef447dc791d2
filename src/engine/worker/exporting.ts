/** Exports to where a browser's worker writes. */
import type { OpenSink } from '../../lib/sink';
import type { CallContext } from '../callContext';
import { estimateSize, exportAs, exportSlim } from '../exports/exportAs';
import { exportPruned } from '../exports/exportPruned';
import type { ExportedFile, Params, Result } from '../protocol';
import type { Read } from '../session';
import type { WrittenFile } from '../writing/writeParts';
import { assertWhole, downloads, savingTo, scratch } from './outputs';

export async function exportTo(
  read: Read,
  { outcomes, destination }: Params<'export'>,
  context: CallContext,
): Promise<Result<'export'>> {
  const open: OpenSink<Blob | undefined> = destination ? savingTo(destination) : downloads();
  const { files, ...counts } = await exportPruned(read, outcomes, open, context);
  return { files: files.map(asExported), ...counts };
}

export async function download(
  read: Read,
  { kind, outcomes }: Params<'exportAs'>,
  context: CallContext,
): Promise<Result<'exportAs'>> {
  const { name, size, content } = await exportAs({ ...read, scratch }, kind, outcomes, downloads(), context);
  return { name, size, file: content };
}

export async function downloadSlim(
  read: Read,
  { plan, outcomes }: Params<'exportSlim'>,
  context: CallContext,
): Promise<Result<'exportSlim'>> {
  const { name, size, content } = await exportSlim({ ...read, scratch }, plan, outcomes, downloads(), context);
  return { name, size, file: content };
}

export function estimate(
  read: Read,
  { kind, outcomes }: Params<'estimateSize'>,
  context: CallContext,
): Promise<Result<'estimateSize'>> {
  return estimateSize({ ...read, scratch }, kind, outcomes, context);
}

function asExported({ name, size, content }: WrittenFile<Blob | undefined>): ExportedFile {
  if (!content) return { name, size };
  assertWhole(content.size, size);
  return { name, size, file: content };
}
