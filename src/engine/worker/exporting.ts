/** Exports to where a browser's worker writes. */
import type { CallContext } from '../callContext';
import { estimateSize, exportAs } from '../exports/exportAs';
import { exportPruned } from '../exports/exportPruned';
import type { Params, Result } from '../protocol';
import type { Read } from '../session';
import type { WrittenFile } from '../writing/writeParts';
import { assertWhole, downloads, savingTo, scratch } from './outputs';

export async function exportTo(
  opened: Read,
  { outcomes, destination }: Params<'export'>,
  context: CallContext,
): Promise<Result<'export'>> {
  if (!destination) {
    const { files, ...counts } = await exportPruned(opened, outcomes, downloads(), context);
    for (const { content, size } of files) assertWhole(content.size, size);
    return { files: files.map(asDownload), ...counts };
  }
  const { files, ...counts } = await exportPruned(opened, outcomes, savingTo(destination), context);
  for (const { size } of files) assertWhole((await destination.getFile()).size, size);
  return { files: files.map(({ name, size }) => ({ name, size })), ...counts };
}

export async function download(
  opened: Read,
  { kind, outcomes }: Params<'exportAs'>,
  context: CallContext,
): Promise<Result<'exportAs'>> {
  await opened.session.assertUnchanged();
  return asDownload(await exportAs({ ...opened, scratch }, kind, outcomes, downloads(), context));
}

export function estimate(
  opened: Read,
  { kind, outcomes }: Params<'estimateSize'>,
  context: CallContext,
): Promise<Result<'estimateSize'>> {
  return estimateSize({ ...opened, scratch }, kind, outcomes, context);
}

function asDownload({ name, size, content }: WrittenFile<Blob>): Result<'exportAs'> {
  return { name, size, file: content };
}
