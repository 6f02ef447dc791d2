/** Byte sinks: a file of any size, as it is written. */
import type { ByteSource } from './source';

/** Bytes `[start, end)` of a source. */
export interface Extent {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

/**
 * What everything in Secateur is written to. Bytes come in any order: each is put or copied once, but that bytes may be put over
 * copied ones. Sources of what was copied have to be readable until the sink is closed, and as long as what it closed with is used.
 */
export interface ByteSink<Closed = unknown> {
  /**
   * Bytes to `offset`; their memory may be used again once it settles.
   * @throws CheckpointError `write-failed`, for earlier bytes too
   */
  put(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Bytes of a source to `offset`, without coming through this thread where the sink can do so. @throws as `put` does */
  copy(extent: Extent, offset: number): Promise<void>;
  /**
   * Nothing more comes: lets go of what only writing needs, where many files are written one by one. Absent: nothing is held.
   * @throws as `put` does
   */
  finish?(): Promise<void>;
  /** @returns what was written, or what there is to know of it. @throws as `put` does */
  close(): Promise<Closed>;
  /** Leaves nothing behind, and an earlier file as it was. Never throws. */
  abort(): Promise<void>;
}

/** Begins a file. @param size in bytes, where it is known */
export type OpenSink<Closed = unknown> = (name: string, size?: number) => ByteSink<Closed> | Promise<ByteSink<Closed>>;

/** Closes a sink after `write`, or aborts it where that fails. */
export async function writtenTo<Closed>(
  sink: ByteSink<Closed>,
  write: (sink: ByteSink<Closed>) => Promise<void>,
): Promise<Closed> {
  try {
    await write(sink);
    return await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

const copiedBytes = 8 * 2 ** 20;

/** For a sink that knows no shorter way: reads what is to be copied, and puts it. */
export async function copyByReading(
  sink: Pick<ByteSink, 'put'>,
  { source, start, end }: Extent,
  offset: number,
): Promise<void> {
  for (let at = start; at < end; at += copiedBytes) {
    const bytes = await source.read(at, Math.min(copiedBytes, end - at));
    await sink.put(offset + at - start, bytes as Uint8Array<ArrayBuffer>);
    source.recycle?.(bytes);
  }
}
