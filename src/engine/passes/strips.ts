/** Chunks come as they are read; some masks need their elements in whole strips. */

/** The elements of a chunk on their way through. */
export interface Part {
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

/** The parts of one unit, in order. What does not fill a strip waits for the next. */
export class Strips {
  private readonly stripBytes: number;
  private readonly width: number;
  private readonly waiting: Part[] = [];
  private waitingBytes = 0;

  /** @param stripBytes a multiple of the elements' `width` that divides the unit */
  constructor(stripBytes: number, width: number) {
    this.stripBytes = stripBytes;
    this.width = width;
  }

  async push(part: Part, work: Work): Promise<void> {
    if (part.elements.length === 0) {
      part.finished?.();
      return;
    }
    this.waiting.push(part);
    this.waitingBytes += part.elements.length;
    while (this.waitingBytes >= this.stripBytes) {
      const head = this.waiting[0]!;
      const left = head.elements.length - head.done;
      if (left >= this.stripBytes) await this.workInPlace(head, left - (left % this.stripBytes), work);
      else await this.workJoined(work);
    }
  }

  private async workInPlace(part: Part, length: number, work: Work): Promise<void> {
    const { width } = this;
    const { elements, kept, done } = part;
    const end = done + length;
    if (await work(elements.subarray(done, end), kept?.subarray(done / width, end / width))) part.changed = true;
    this.advance(part, length);
  }

  /** One strip that several parts share. */
  private async workJoined(work: Work): Promise<void> {
    const { stripBytes, width } = this;
    const shares: { part: Part; from: number; at: number; length: number }[] = [];
    for (let at = 0, i = 0; at < stripBytes; i++) {
      const part = this.waiting[i]!;
      const length = Math.min(part.elements.length - part.done, stripBytes - at);
      shares.push({ part, from: part.done, at, length });
      at += length;
    }
    const strip = new Uint8Array(stripBytes);
    const stripKept = shares[0]!.part.kept && new Uint8Array(stripBytes / width);
    for (const { part, from, at, length } of shares) {
      strip.set(part.elements.subarray(from, from + length), at);
      if (part.kept) stripKept?.set(part.kept.subarray(from / width, (from + length) / width), at / width);
    }
    const changed = await work(strip, stripKept);
    for (const { part, from, at, length } of shares) {
      if (changed) part.elements.set(strip.subarray(at, at + length), from);
      if (changed) part.changed = true;
      if (stripKept) part.kept?.set(stripKept.subarray(at / width, (at + length) / width), from / width);
      this.advance(part, length);
    }
  }

  private advance(part: Part, length: number): void {
    part.done += length;
    this.waitingBytes -= length;
    if (part.done < part.elements.length) return;
    this.waiting.shift();
    part.finished?.();
  }
}
