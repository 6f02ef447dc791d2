/** How large an export would be, before it is made. */

import type { ByteSource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import type { ByteRange } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { applyPrograms } from '../passes/applyPrograms';
import { UnitProgress } from '../passes/unitProgress';
import { rangesInFile } from '../reading/varintSource';
import { patchOf } from '../writing/patches';
import { patchInFile } from '../writing/varintPatches';
import { compressed } from './gzip';
import type { ExportSource, Outcomes } from './source';

/** 64 samples are 4 MiB: a third of a second of compression. */
const samples = 64;
const sampleBytes = 64 * 1024;

/**
 * Compresses a sample, spread evenly over the pruned file. Reads whole those tensors that the sample touches and the
 * recipe prunes.
 * @returns bytes; exact for files no larger than the sample
 */
export async function gzipSize(
  { source: file, session }: ExportSource,
  outcomes: Outcomes,
  context: CallContext,
): Promise<number> {
  const { measurable, units } = session;
  const { source, checkpoint } = measurable;
  const sample = await readSample(file);
  const isSampled = (range: ByteRange) => sample.some((sampled) => overlap(sampled, range));
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
      for (const sampled of sample) overlay(sampled, offset, bytes);
    }
  }
  let size = 0;
  for await (const piece of compressed(splicedSource(sample.map(({ bytes }) => bytes)))) size += piece.length;
  const sampled = sample.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return sampled === 0 ? size : Math.round((size / sampled) * file.size);
}

/** Bytes of the file that are looked at. */
interface Sampled {
  /** `[start, end)` in bytes of the file. */
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function readSample(file: ByteSource): Promise<Sampled[]> {
  const isSmall = file.size <= samples * sampleBytes;
  const starts = isSmall ? [0] : Array.from({ length: samples }, (_, i) => Math.floor((file.size * i) / samples));
  const length = isSmall ? file.size : sampleBytes;
  return Promise.all(
    starts.map(async (start) => {
      const end = Math.min(file.size, start + length);
      return { start, end, bytes: (await file.read(start, end - start)) as Uint8Array<ArrayBuffer> };
    }),
  );
}

function overlap(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Copies what of `bytes`, which lie at `offset` in the file, was sampled. */
function overlay(sampled: Sampled, offset: number, bytes: Uint8Array): void {
  const start = Math.max(sampled.start, offset);
  const end = Math.min(sampled.end, offset + bytes.length);
  if (start < end) sampled.bytes.set(bytes.subarray(start - offset, end - offset), start - sampled.start);
}
