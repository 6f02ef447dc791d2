/** The pruned file, compressed: dense formats store zeros, gzip does not. */
import { throwIfCancelled } from '../../lib/errors';
import type { ByteSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import type { CallContext } from '../callContext';
import { type ExportSource, type Outcomes, prunedSource } from './source';

/** Compressed bytes are written in pieces of this size: a Blob of millions of parts is no file. */
const pieceBytes = 2 ** 20;
const readBytes = 2 * 2 ** 20;

/** Chromium drops streams that only wait for their bytes when it collects garbage, and the read never settles. */
const running = new Set<unknown>();

/** Streams; some 11 MB/s in Chromium. @returns how many bytes were written */
export async function writeGzip(
  exported: ExportSource,
  outcomes: Outcomes,
  sink: ByteSink,
  context: CallContext,
): Promise<number> {
  const pruned = await prunedSource(exported, outcomes, context);
  let read = 0;
  let written = 0;
  for await (const piece of compressed(pruned, (bytes) => {
    read += bytes;
    context.progress({ stage: 'compressing', done: read, total: pruned.size });
  })) {
    throwIfCancelled(context.signal);
    await sink.put(written, piece);
    written += piece.length;
  }
  return written;
}

/**
 * The gzip stream of a file in pieces.
 * @param onRead is told how many bytes went in
 */
export async function* compressed(
  content: ByteSource,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const stream = new CompressionStream('gzip');
  const reader = stream.readable.getReader();
  running.add(stream);
  let failure: unknown;
  // What stops it comes out of the reader, too.
  feed(stream.writable, content, onRead).catch((error) => {
    failure = error;
  });
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      for (let rest = next.value; rest.length > 0; ) {
        const taken = rest.subarray(0, pieceBytes - filled);
        piece.set(taken, filled);
        filled += taken.length;
        rest = rest.subarray(taken.length);
        if (filled < pieceBytes) continue;
        yield piece;
        piece = new Uint8Array(pieceBytes);
        filled = 0;
      }
    }
    yield piece.slice(0, filled);
  } catch (error) {
    throw failure ?? error;
  } finally {
    running.delete(stream);
    // Stops reading and compressing when whoever asked has gone.
    await reader.cancel().catch(() => {});
  }
}

async function feed(
  compressing: WritableStream<BufferSource>,
  content: ByteSource,
  onRead: (bytes: number) => void,
): Promise<void> {
  const writer = compressing.getWriter();
  try {
    for (let at = 0; at < content.size; at += readBytes) {
      const bytes = await content.read(at, Math.min(readBytes, content.size - at));
      await writer.write(bytes as Uint8Array<ArrayBuffer>);
      onRead(bytes.length);
      content.recycle?.(bytes);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}
