/** Copies of bytes, in memory of copies that are done with: fresh memory costs more than the copying. */
export class Copies {
  private readonly spare: ArrayBuffer[] = [];

  of(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const memory = this.spare.pop();
    if (!memory || memory.byteLength < bytes.length) return bytes.slice();
    const copy = new Uint8Array(memory, 0, bytes.length);
    copy.set(bytes);
    return copy;
  }

  /** Nobody may look at the copy any more. */
  giveBack(copy: Uint8Array<ArrayBuffer>): void {
    this.spare.push(copy.buffer);
  }
}
