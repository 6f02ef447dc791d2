/** How large an export would be, before it is made. */

import type { ByteRange } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { applyPrograms } from '../passes/applyPrograms';
import { UnitProgress } from '../passes/unitProgress';
import { rangesInFile } from '../reading/varintSource';
import { patchOf } from '../writing/patches';
import { patchInFile } from '../writing/varintPatches';
import { compressed } from './gzip';
import type { ExportSource, Outcomes } from './source';

/** 64 windows are 4 MiB: a third of a second of compression. */
const windows = 64;
const windowBytes = 64 * 1024;

/**
 * Compresses a sample, spread evenly over the pruned file. Reads whole those tensors that the sample touches and the
 * recipe prunes.
 * @returns bytes; exact for files no larger than the sample
 */
export async function gzipSize(
  { file, session }: ExportSource,
  outcomes: Outcomes,
  context: CallContext,
): Promise<number> {
  const { measurable, units } = session;
  const { source, checkpoint } = measurable;
  const sample = await readSample(file);
  const isSampled = (range: ByteRange) => sample.some((window) => overlap(window, range));
  const programs = new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
  const touched = units.filter(
    ({ tensor, pieces }) =>
      (programs.get(tensor)?.length ?? 0) > 0 &&
      pieces.some((piece) => rangesInFile(piece, checkpoint.encoded).some(isSampled)),
  );
  const report = new UnitProgress('writing', touched, context);
  for await (const { chunk, changed } of applyPrograms(measurable, touched, programs, report, context)) {
    if (!changed) continue;
    // Units that share the page may have changed it, too.
    for await (const { offset, bytes } of patchInFile(patchOf(chunk.page), source, checkpoint.encoded)) {
      for (const window of sample) overlay(window, offset, bytes);
    }
  }
  let size = 0;
  for await (const piece of compressed(new Blob(sample.map(({ bytes }) => bytes)))) size += piece.length;
  const sampled = sample.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return sampled === 0 ? size : Math.round((size / sampled) * file.size);
}

interface Window {
  /** `[start, end)` in bytes of the file. */
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function readSample(file: Blob): Promise<Window[]> {
  const isSmall = file.size <= windows * windowBytes;
  const starts = isSmall ? [0] : Array.from({ length: windows }, (_, i) => Math.floor((file.size * i) / windows));
  const length = isSmall ? file.size : windowBytes;
  return Promise.all(
    starts.map(async (start) => {
      const end = Math.min(file.size, start + length);
      return { start, end, bytes: new Uint8Array(await file.slice(start, end).arrayBuffer()) };
    }),
  );
}

function overlap(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Copies what of `bytes`, which lie at `offset` in the file, falls into the window. */
function overlay(window: Window, offset: number, bytes: Uint8Array): void {
  const start = Math.max(window.start, offset);
  const end = Math.min(window.end, offset + bytes.length);
  if (start < end) window.bytes.set(bytes.subarray(start - offset, end - offset), start - window.start);
}
