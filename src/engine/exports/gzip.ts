/** The pruned file, compressed: dense formats store zeros, gzip does not. */
import { throwIfCancelled } from '../../lib/errors';
import type { CallContext } from '../callContext';
import { joined, SpillingPatchStore } from '../writing/patchStore';
import { type ExportSource, type Outcomes, prunedFile } from './source';

/** Compressed bytes are kept in pieces of this size: a Blob of millions of parts is no file. */
const pieceBytes = 2 ** 20;

/** Chromium drops streams that only wait for bytes of a Blob when it collects garbage, and the read never settles. */
const running = new Set<unknown>();

/** Streams; some 11 MB/s in Chromium. */
export async function exportGzip(exported: ExportSource, outcomes: Outcomes, context: CallContext): Promise<Blob> {
  const pruned = await prunedFile(exported, outcomes, context);
  const store = new SpillingPatchStore();
  let done = 0;
  for await (const piece of compressed(pruned, (bytes) => {
    done += bytes;
    context.progress({ stage: 'compressing', done, total: pruned.size });
  })) {
    throwIfCancelled(context.signal);
    await store.put(piece);
  }
  return new Blob(joined(await store.finish()), { type: 'application/gzip' });
}

/**
 * The gzip stream of a Blob in pieces.
 * @param onRead is told how many bytes went in
 */
export async function* compressed(
  content: Blob,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      onRead(chunk.length);
      controller.enqueue(chunk);
    },
  });
  const stream = content.stream();
  const reader = stream.pipeThrough(counting).pipeThrough(new CompressionStream('gzip')).getReader();
  running.add(stream).add(reader);
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
  } finally {
    running.delete(stream);
    running.delete(reader);
    // Stops reading and compressing when whoever asked has gone.
    await reader.cancel();
  }
}
