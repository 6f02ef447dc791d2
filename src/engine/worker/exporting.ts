/** Exports to where a browser's worker writes. */
import { wholeName } from '../../formats/shards/names';
import { blobOf } from '../../lib/browser/blobOf';
import { blobSource } from '../../lib/browser/blobSource';
import { noStream } from '../../lib/browser/fileStream';
import type { OpenSink } from '../../lib/sink';
import type { CallContext } from '../callContext';
import { estimateSize, exportAs, exportSlim } from '../exports/exportAs';
import { exportPruned } from '../exports/exportPruned';
import { exportLean } from '../exports/lean';
import { mostDownloads, partsArchive } from '../exports/partsArchive';
import type { Destination, ExportedFile, Params, Result } from '../protocol';
import type { Read } from '../session';
import { suffixed } from '../writing/fileName';
import { canBeInOrder } from '../writing/inFileOrder';
import type { WrittenFile } from '../writing/writeParts';
import { assertWhole, downloads, savingTo, scratch, streaming } from './outputs';

export async function exportTo(
  read: Read,
  { outcomes, destination, stream }: Params<'export'>,
  context: CallContext,
): Promise<Result<'export'>> {
  const inOrder = stream !== undefined && canBeInOrder(read.session.measurable.checkpoint);
  if (stream && !inOrder) noStream(stream);
  const open: OpenSink<Blob | undefined> = inOrder ? streaming(stream) : sinksFor(destination);
  const { files, ...counts } = await exportPruned(read, outcomes, open, context, inOrder).catch((error: unknown) => {
    // Where nothing has begun; else it is closed.
    if (stream) noStream(stream);
    throw error;
  });
  return { ...(await asDownloads(files, read, '-pruned', context)), ...counts, ...(inOrder && { streamed: true }) };
}

export async function exportLeanTo(
  read: Read,
  { outcomes, destination, ...choice }: Params<'exportLean'>,
  context: CallContext,
): Promise<Result<'exportLean'>> {
  const exported = { ...read, scratch };
  const { files, ...counts } = await exportLean(exported, choice, outcomes, sinksFor(destination), context);
  return { ...(await asDownloads(files, read, '-lean', context)), ...counts };
}

function sinksFor(destination: Destination | undefined): OpenSink<Blob | undefined> {
  return destination ? savingTo(destination) : downloads();
}

/** As one archive where they are many, and not saved elsewhere. */
async function asDownloads(
  written: readonly WrittenFile<Blob | undefined>[],
  { session }: Read,
  suffix: string,
  context: CallContext,
): Promise<Pick<Result<'export'>, 'files' | 'holds'>> {
  const files = written.map(asExported);
  const downloaded = files.flatMap(({ name, file }) => (file ? [{ name, source: blobSource(file) }] : []));
  if (downloaded.length <= mostDownloads) return { files };
  const file = blobOf(await partsArchive(downloaded, context));
  const name = suffixed(wholeName(session.opened.fileName), suffix, '.zip');
  return { files: [{ name, size: file.size, file }], holds: files.map(({ name, size }) => ({ name, size })) };
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
