/** What hashes of the MD4 family share (FIPS 180-4): blocks of 64 bytes, and an end with the length in bits. */

const blockBytes = 64;

/** Called with pieces of a message in order. */
export abstract class BlockHash {
  protected abstract readonly state: Uint32Array;
  private readonly rest = new Uint8Array(blockBytes);
  private restLength = 0;
  private length = 0;

  /** Works 64 bytes from `at` on into the state. */
  protected abstract block(bytes: Uint8Array, at: number): void;

  add(bytes: Uint8Array): this {
    this.length += bytes.length;
    let at = 0;
    if (this.restLength > 0) {
      at = Math.min(bytes.length, blockBytes - this.restLength);
      this.rest.set(bytes.subarray(0, at), this.restLength);
      this.restLength += at;
      if (this.restLength < blockBytes) return this;
      this.block(this.rest, 0);
      this.restLength = 0;
    }
    for (; at + blockBytes <= bytes.length; at += blockBytes) this.block(bytes, at);
    this.rest.set(bytes.subarray(at));
    this.restLength = bytes.length - at;
    return this;
  }

  /** In hexadecimal digits. Nothing can be added after it. */
  finish(): string {
    const bits = this.length * 8;
    const end = new Uint8Array(this.restLength < 56 ? 64 - this.restLength : 128 - this.restLength);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits >>> 0);
    this.add(end);
    return [...this.state].map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}

export function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
