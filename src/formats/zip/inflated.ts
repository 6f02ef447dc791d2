/** Zip archives whose weights are compressed, as archives that hold them stored: what can be patched in place. */
import { crc32Raw } from '../../lib/crc32';
import { CheckpointError, type ErrorContext, malformed, throwIfCancelled } from '../../lib/errors';
import { formatBytes } from '../../lib/numbers';
import type { ByteSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import type { Splice } from '../../lib/splice';
import { readZip } from './directory';
import type { ZipEntry } from './entry';
import { firstEntryName } from './firstEntry';
import { type StoredEntry, storedZip } from './write';

/** Storages of torch.save's and torch.export's archives, and arrays of NumPy's: programs and pickles stay as they are. */
const weights = /(^|\/)((data|constants)\/\d+|data\/(weights|constants)\/(weight|tensor)_\d+)$|\.npy$/;

/** No deflate stream gives more for each of its bytes (https://www.zlib.net/zlib_tech.html): what says so is a bomb or damaged. */
const mostInflated = 1032;
/** Of all entries together, which take as much room on the disk while the file is open. */
const maxTotalBytes = 16 * 2 ** 30;

export interface Inflating {
  /** A file for what is inflated, which can be read as long as it is not given up. */
  readonly scratch: () => ByteSink<ByteSource>;
  readonly signal: AbortSignal;
  progress(done: number, total: number): void;
}

/**
 * The archive with its weights stored: every other entry is as it was, in the same order.
 * @returns its bytes; undefined for files that are none, and archives without compressed weights; whatever else is wrong is for opening to say
 * @throws CheckpointError `malformed-file` where an entry does not inflate to the size and checksum that it says;
 *   `unsupported-feature` where all would be more than 16 GiB
 */
export async function withStoredWeights(
  source: ByteSource,
  fileName: string,
  { scratch, signal, progress }: Inflating,
): Promise<Splice | undefined> {
  if (firstEntryName(await source.read(0, Math.min(512, source.size))) === undefined) return undefined;
  const context: ErrorContext = { file: fileName };
  const entries = await readZip(source, context).catch(() => []);
  const compressed = entries.filter(({ name, deflated }) => deflated && weights.test(name));
  if (compressed.length === 0) return undefined;
  const total = compressed.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size, range } of compressed) {
    if (size <= (range.end - range.start) * mostInflated) continue;
    throw malformed(
      `${name} would inflate from ${range.end - range.start} bytes to ${size}, which no compression of this kind does.`,
      { ...context, record: name, offset: range.start },
    );
  }
  if (total > maxTotalBytes) {
    throw new CheckpointError(
      'unsupported-feature',
      `Its weights are compressed and would inflate to ${formatBytes(total)}; Secateur inflates at most ${formatBytes(maxTotalBytes)}.`,
      { ...context, advice: 'Load it where it was made and save it again uncompressed.' },
    );
  }
  const sink = scratch();
  const places = new Map<ZipEntry, number>();
  try {
    let position = 0;
    for (const entry of compressed) {
      places.set(entry, position);
      for await (const bytes of inflatedBytes(source, entry, context)) {
        throwIfCancelled(signal);
        await sink.put(position, bytes);
        position += bytes.length;
        progress(position, total);
      }
    }
    const inflated = await sink.close();
    const stored = entries.map((entry): StoredEntry => {
      const start = places.get(entry);
      const { name, crc, size, deflated, range } = entry;
      if (start !== undefined) return { name, crc, content: [{ source: inflated, start, end: start + size }] };
      return { name, crc, content: [{ source, ...range }], ...(deflated && { inflates: size }) };
    });
    return storedZip(stored);
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

const readBytes = 256 * 1024;

/** Never more than the entry says. */
async function* inflatedBytes(
  source: ByteSource,
  { name, range, size, crc }: ZipEntry,
  context: ErrorContext,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const where = { ...context, record: name, offset: range.start };
  const inflater = new DecompressionStream('deflate-raw');
  // What stops it comes out of the reader, too.
  const fed = feed(source, range.start, range.end, inflater.writable);
  fed.catch(() => {});
  const reader = inflater.readable.getReader();
  let length = 0;
  let state = 0xffffffff;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new CheckpointError(
          'malformed-file',
          `${name} does not inflate: its compressed bytes are damaged.`,
          where,
          {
            cause,
          },
        );
      });
      if (done) break;
      length += value.length;
      if (length > size) throw malformed(`${name} should inflate to ${size} bytes, but gives more.`, where);
      state = crc32Raw(state, value);
      yield value as Uint8Array<ArrayBuffer>;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (length !== size) throw malformed(`${name} should inflate to ${size} bytes, but gives ${length}.`, where);
  if (crc !== 0 && ~state >>> 0 !== crc) {
    throw malformed(`${name} is damaged: its checksum does not hold.`, {
      ...where,
      advice: 'Download or copy it again.',
    });
  }
}

/** In pieces, each when the last has been taken. */
async function feed(
  source: ByteSource,
  start: number,
  end: number,
  inflater: WritableStream<BufferSource>,
): Promise<void> {
  const writer = inflater.getWriter();
  try {
    for (let at = start; at < end; at += readBytes) {
      await writer.write((await source.read(at, Math.min(readBytes, end - at))) as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}
