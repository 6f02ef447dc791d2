/**
 * A Blob read front to back, into memory that was used before. One stream for many reads: a browser keeps every slice of a
 * Blob until it collects garbage (and a copy of its bytes, where they are in memory), and who makes none waits long for that.
 */

/** What a pass has under way, which the next one needs again. */
const mostIdle = 3;
/** Memory that was given back in this thread. */
const idle: ArrayBuffer[] = [];
/** Chromium drops streams that only wait for their bytes when it collects garbage, and the read never settles. */
const reading = new Set<ReadableStreamBYOBReader>();

/** Takes memory back that nobody looks at any more. */
export function giveBack(memory: ArrayBuffer): void {
  idle.push(memory);
  if (idle.length <= mostIdle) return;
  idle.sort((a, b) => a.byteLength - b.byteLength);
  idle.shift();
}

/** Fresh memory, which the system clears page by page, takes as long as the reading. */
function memoryFor(length: number): ArrayBuffer {
  const at = idle.findIndex(({ byteLength }) => byteLength >= length);
  return at < 0 ? new ArrayBuffer(length) : idle.splice(at, 1)[0]!;
}

export class BlobStream {
  /** In the Blob: the first byte that was not asked for yet. */
  position: number;
  private readonly reader: ReadableStreamBYOBReader;
  private last: Promise<unknown> = Promise.resolve();

  /** @throws TypeError where the browser does not read so */
  constructor(blob: Blob, start: number) {
    this.position = start;
    this.reader = blob.slice(start).stream().getReader({ mode: 'byob' });
  }

  /**
   * The next `length` bytes; fewer where the Blob ends. May be called again before it is settled.
   * @throws DOMException what reading a Blob throws, now and from then on
   */
  read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.position += length;
    const bytes = this.last.then(() => this.fill(memoryFor(length), length));
    this.last = bytes;
    return bytes;
  }

  private async fill(memory: ArrayBuffer, length: number): Promise<Uint8Array<ArrayBuffer>> {
    reading.add(this.reader);
    try {
      let filled = 0;
      for (let isOver = false; filled < length && !isOver; ) {
        const left = length - filled;
        const { value, done } = await this.reader.read(new Uint8Array(memory, filled, left), { min: left });
        if (value) {
          memory = value.buffer;
          filled += value.length;
        }
        isOver = done;
      }
      return new Uint8Array(memory, 0, filled);
    } finally {
      reading.delete(this.reader);
    }
  }

  /** Once what was asked for is read. */
  close(): void {
    const cancel = () => this.reader.cancel().catch(() => {});
    this.last.then(cancel, cancel);
  }
}
