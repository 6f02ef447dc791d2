/** The bytes of a zip entry that is wanted whole: pickles and small text records, never weights. */
import { concatenated } from '../../lib/bytes';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import type { ZipEntry } from './entry';

/** A pickle of a million tensors stays below this; what is above is a bomb, or weights pickled as Python objects. */
const maxContentBytes = 256 * 2 ** 20;

/**
 * @throws CheckpointError `malformed-file` when the entry does not inflate to exactly its declared size;
 *   `unsupported-feature` when it is larger than 256 MiB
 */
export async function readContent(source: ByteSource, entry: ZipEntry, context: ErrorContext): Promise<Uint8Array> {
  const where = { ...context, record: entry.name, offset: entry.range.start };
  const storedLength = entry.range.end - entry.range.start;
  if (entry.size > maxContentBytes || storedLength > maxContentBytes) {
    throw new CheckpointError(
      'unsupported-feature',
      `${entry.name} is ${Math.max(entry.size, storedLength)} bytes long; Secateur reads at most ${maxContentBytes} of a record that is not weights.`,
      where,
    );
  }
  const bytes = await source.read(entry.range.start, storedLength);
  return entry.deflated ? inflate(bytes, entry, where) : bytes;
}

const pieceBytes = 64 * 1024;

async function inflate(bytes: Uint8Array, entry: ZipEntry, context: ErrorContext): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const inflater = new DecompressionStream('deflate-raw');
    // What stops it comes out of the reader, too.
    feed(inflater.writable, bytes as Uint8Array<ArrayBuffer>).catch(() => {});
    const reader = inflater.readable.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      parts.push(read.value);
      if (length > entry.size) {
        await reader.cancel();
        break;
      }
    }
  } catch (cause) {
    throw new CheckpointError(
      'malformed-file',
      `${entry.name} does not inflate: its compressed bytes are damaged.`,
      context,
      {
        cause,
      },
    );
  }
  if (length !== entry.size) {
    throw malformed(
      `${entry.name} should inflate to ${entry.size} bytes, but ${length > entry.size ? 'gives more' : `gives ${length}`}.`,
      context,
    );
  }
  return concatenated(parts);
}

/** In pieces, each when the last has been read: a few bytes may inflate to a thousand times as many. */
async function feed(inflater: WritableStream<BufferSource>, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const writer = inflater.getWriter();
  for (let at = 0; at < bytes.length; at += pieceBytes) await writer.write(bytes.subarray(at, at + pieceBytes));
  await writer.close();
}
