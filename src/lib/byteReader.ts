/** A bounds-checked little-endian cursor over bytes already in memory. */
import { type CheckpointError, type ErrorContext, malformed } from './errors';

export class ByteReader {
  protected readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Position in `bytes`. */
  position = 0;
  private readonly baseOffset: number;
  readonly context: ErrorContext;

  /**
   * @param baseOffset offset of `bytes[0]` in the file, so that errors name the place in the file
   * @param context what is being read, put into every error
   */
  constructor(bytes: Uint8Array, baseOffset = 0, context: ErrorContext = {}) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.baseOffset = baseOffset;
    this.context = context;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Offset of the cursor in the file. */
  get offset(): number {
    return this.baseOffset + this.position;
  }

  /** Offset in the file of the end of the bytes. */
  get endOffset(): number {
    return this.baseOffset + this.bytes.length;
  }

  /** Moves past `length` bytes and returns where they began; every read goes through here. */
  protected take(length: number): number {
    if (!(length >= 0 && length <= this.remaining)) throw this.tooShortFor(length);
    const start = this.position;
    this.position += length;
    return start;
  }

  /** What is thrown where fewer than `length` bytes are left. */
  protected tooShortFor(length: number): CheckpointError {
    return malformed(`${length} bytes were expected at offset ${this.offset}, but only ${this.remaining} are left.`, {
      ...this.context,
      offset: this.offset,
    });
  }

  skip(length: number): void {
    this.take(length);
  }

  /** A view of the next `length` bytes, not a copy. */
  slice(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }
  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }
  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }
  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }
  i64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  /**
   * An unsigned 64-bit field that counts bytes or elements: a Number once it is known to be at most `limit`.
   * @throws CheckpointError `malformed-file` above the limit, naming `what`
   */
  size64(what: string, limit: number): number {
    const offset = this.offset;
    const value = this.u64();
    if (value > BigInt(limit)) {
      throw malformed(`${what} says ${value}, but at most ${limit} is possible here.`, { ...this.context, offset });
    }
    return Number(value);
  }
}
