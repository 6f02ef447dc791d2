/**
 * Reads of a Blob into memory that was used before, which follow each other in one stream. Fresh memory, which the system clears
 * page by page, takes as long as the reading. And a slice for every read would stay until the browser collects garbage, of which
 * such reads make none: of a Blob in memory, slices are copies, and after some 2 GB of them it can be read no more.
 */

/** What a pass has under way, which the next one needs again. */
const mostIdle = 4;
/** Passes that read side by side. */
const mostStreams = 2;

/** Of this thread: memory that was given back. */
const idle: ArrayBuffer[] = [];
/** Of this thread; the last used comes last. */
const streams: BlobStream[] = [];
/** Chromium drops streams that only wait for their bytes when it collects garbage, and the read never settles. */
const reading = new Set<ReadableStreamBYOBReader>();

/** Takes memory back that nobody looks at any more. */
export function giveBack(memory: ArrayBuffer): void {
  idle.push(memory);
  if (idle.length <= mostIdle) return;
  idle.sort((a, b) => a.byteLength - b.byteLength);
  idle.shift();
}

/**
 * Bytes from `offset` in memory that was given back; fewer where the Blob ends.
 * @returns undefined where there is no such memory, or the browser has no such streams
 * @throws DOMException what reading a Blob throws
 */
export async function readIntoIdle(blob: Blob, offset: number, length: number): Promise<Uint8Array | undefined> {
  const index = idle.findIndex(({ byteLength }) => byteLength >= length);
  const memory = idle[index];
  const stream = memory && streamFrom(blob, offset);
  if (!stream) return undefined;
  idle.splice(index, 1);
  try {
    return await stream.read(memory, length);
  } catch (error) {
    leave(stream);
    throw error;
  }
}

function streamFrom(blob: Blob, offset: number): BlobStream | undefined {
  let stream = streams.find((one) => one.blob === blob && one.position === offset);
  if (stream) {
    leave(stream);
  } else {
    try {
      stream = new BlobStream(blob, offset);
    } catch {
      return undefined;
    }
  }
  streams.push(stream);
  if (streams.length > mostStreams) streams.shift()?.close();
  return stream;
}

function leave(stream: BlobStream): void {
  const at = streams.indexOf(stream);
  if (at >= 0) streams.splice(at, 1);
}

class BlobStream {
  readonly blob: Blob;
  /** In the Blob: the first byte that was not asked for yet. */
  position: number;
  private readonly reader: ReadableStreamBYOBReader;
  private last: Promise<unknown> = Promise.resolve();

  /** @throws TypeError where the browser has no such streams */
  constructor(blob: Blob, start: number) {
    this.blob = blob;
    this.position = start;
    this.reader = blob.slice(start).stream().getReader({ mode: 'byob' });
  }

  /** May be called again before it is settled. */
  read(memory: ArrayBuffer, length: number): Promise<Uint8Array> {
    this.position += length;
    const bytes = this.last.then(() => this.fill(memory, length));
    this.last = bytes;
    return bytes;
  }

  private async fill(into: ArrayBuffer, length: number): Promise<Uint8Array> {
    let memory = into;
    let filled = 0;
    reading.add(this.reader);
    try {
      for (let isOver = false; filled < length && !isOver; ) {
        const left = length - filled;
        const { value, done } = await this.reader.read(new Uint8Array(memory, filled, left), { min: left });
        if (value) {
          memory = value.buffer;
          filled += value.length;
        }
        isOver = done;
      }
    } finally {
      reading.delete(this.reader);
    }
    return new Uint8Array(memory, 0, filled);
  }

  /** Once what was asked for is read. */
  close(): void {
    const cancel = () => this.reader.cancel().catch(() => {});
    this.last.then(cancel, cancel);
  }
}
