/** Chunks come as they are read; some masks need their elements in whole strips. */

/** The elements of a chunk on their way through. */
export interface ChunkUnderWay {
  readonly elements: Uint8Array;
  /** One byte an element, where it matters which of them are left. */
  readonly kept: Uint8Array | undefined;
  /** Bytes of the elements that were worked on. */
  done: number;
  changed: boolean;
  /** Called when all of it was worked on. */
  readonly finished?: () => void;
}

/** Works on elements, and on the bytes that say which are left. @returns whether any element changed */
export type Work = (elements: Uint8Array, kept: Uint8Array | undefined) => Promise<boolean>;

/** The chunks of one unit, in order. What does not fill a strip waits for the next. */
export class Strips {
  private readonly stripBytes: number;
  private readonly width: number;
  private readonly waiting: ChunkUnderWay[] = [];
  private waitingBytes = 0;

  /** @param stripBytes a multiple of the elements' `width` that divides the unit */
  constructor(stripBytes: number, width: number) {
    this.stripBytes = stripBytes;
    this.width = width;
  }

  async push(chunk: ChunkUnderWay, work: Work): Promise<void> {
    if (chunk.elements.length === 0) {
      chunk.finished?.();
      return;
    }
    this.waiting.push(chunk);
    this.waitingBytes += chunk.elements.length;
    while (this.waitingBytes >= this.stripBytes) {
      const head = this.waiting[0]!;
      const left = head.elements.length - head.done;
      if (left >= this.stripBytes) await this.workInPlace(head, left - (left % this.stripBytes), work);
      else await this.workJoined(work);
    }
  }

  private async workInPlace(chunk: ChunkUnderWay, length: number, work: Work): Promise<void> {
    const { width } = this;
    const { elements, kept, done } = chunk;
    const end = done + length;
    if (await work(elements.subarray(done, end), kept?.subarray(done / width, end / width))) chunk.changed = true;
    this.advance(chunk, length);
  }

  /** One strip that several chunks share. */
  private async workJoined(work: Work): Promise<void> {
    const { stripBytes, width } = this;
    const shares: { chunk: ChunkUnderWay; from: number; at: number; length: number }[] = [];
    for (let at = 0, i = 0; at < stripBytes; i++) {
      const chunk = this.waiting[i]!;
      const length = Math.min(chunk.elements.length - chunk.done, stripBytes - at);
      shares.push({ chunk, from: chunk.done, at, length });
      at += length;
    }
    const strip = new Uint8Array(stripBytes);
    const stripKept = shares[0]!.chunk.kept && new Uint8Array(stripBytes / width);
    for (const { chunk, from, at, length } of shares) {
      strip.set(chunk.elements.subarray(from, from + length), at);
      if (chunk.kept) stripKept?.set(chunk.kept.subarray(from / width, (from + length) / width), at / width);
    }
    const changed = await work(strip, stripKept);
    for (const { chunk, from, at, length } of shares) {
      if (changed) chunk.elements.set(strip.subarray(at, at + length), from);
      if (changed) chunk.changed = true;
      if (stripKept) chunk.kept?.set(stripKept.subarray(at / width, (at + length) / width), from / width);
      this.advance(chunk, length);
    }
  }

  private advance(chunk: ChunkUnderWay, length: number): void {
    chunk.done += length;
    this.waitingBytes -= length;
    if (chunk.done < chunk.elements.length) return;
    this.waiting.shift();
    chunk.finished?.();
  }
}
