/** Protobuf's wire format (https://protobuf.dev/programming-guides/encoding) read: from a file by small windows, numbers from bytes. */
import { countInWords } from '../../lib/countInWords';
import { type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import type { ByteRange } from '../../tensors/tensor';

/** The wire types that exist in ONNX files; groups (3 and 4) never do. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a message: `value` for a varint, `[start, end)` in the file for its payload (of any wire type). */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Where its tag begins. */
  readonly begin: number;
  /** Exact where it is a safe integer; the length of length-delimited payloads; NaN for fixed-width ones. */
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** Of a whole field, tag and length included. */
export function rangeOf({ begin, end }: Field): ByteRange {
  return { start: begin, end };
}

/** A window that follows a jump; weights lie between the small parts that are read. */
const firstWindow = 4 * 1024;
/** Windows double up to this while reading goes on without a jump (graphs of many nodes). */
const lastWindow = 1024 * 1024;
export const longestVarint = 10;
/** Two varints: a tag and a length or value. */
const longestHead = 2 * longestVarint;

export class WireCursor {
  /** Offset in the file of what is read next. */
  position = 0;
  private readonly source: ByteSource;
  private readonly context: ErrorContext;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;
  /** How long the varint was that `peekVarint` last read. */
  private varintLength = 0;

  constructor(source: ByteSource, context: ErrorContext) {
    this.source = source;
    this.context = context;
  }

  /** Makes the head of the next field available to `field` and `varint`; undefined when it already is. */
  loadHead(end: number): Promise<void> | undefined {
    return this.load(Math.min(longestHead, end - this.position));
  }

  /** Makes `length` bytes at `position` available; undefined when they already are. */
  load(length: number): Promise<void> | undefined {
    const start = this.position - this.windowStart;
    if (start >= 0 && start + length <= this.window.length) return undefined;
    return this.refill(length);
  }

  private async refill(length: number): Promise<void> {
    const windowEnd = this.windowStart + this.window.length;
    const sequential = this.position >= this.windowStart && this.position <= windowEnd;
    const size = sequential ? Math.min(lastWindow, Math.max(firstWindow, this.window.length * 2)) : firstWindow;
    const available = this.source.size - this.position;
    this.window = await this.source.read(this.position, Math.min(available, Math.max(size, length)));
    this.windowStart = this.position;
  }

  /** The loaded bytes `[position, end)`: a view that is valid until the next load. */
  view(end: number): Uint8Array {
    return this.window.subarray(this.position - this.windowStart, end - this.windowStart);
  }

  /**
   * Reads the head of the field at `position` and moves to its payload. Needs `loadHead(end)` first.
   * @param end where the message ends
   * @param message its name, for errors
   */
  field(end: number, message: string): Field {
    const offset = this.position;
    const tag = this.varint(end, message);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number < 1 || tag >= 2 ** 32) {
      throw malformed(`A field of ${message} was expected at offset ${offset}, but its tag there is ${tag}.`, {
        ...this.context,
        offset,
      });
    }
    const value =
      wireType === wireTypes.varint || wireType === wireTypes.bytes ? this.peekVarint(end, message) : Number.NaN;
    let start = this.position;
    let length: number;
    if (wireType === wireTypes.varint) {
      length = this.varintLength;
    } else if (wireType === wireTypes.bytes) {
      start += this.varintLength;
      length = value;
    } else if (wireType === wireTypes.fixed64 || wireType === wireTypes.fixed32) {
      length = wireType === wireTypes.fixed64 ? 8 : 4;
    } else {
      throw malformed(
        `Field ${number} of ${message} at offset ${offset} has wire type ${wireType}, which ONNX files do not use.`,
        { ...this.context, offset },
      );
    }
    if (!(length >= 0 && length <= end - start)) {
      throw malformed(
        `Field ${number} of ${message} at offset ${offset} says it has ${countInWords(length < 0 ? 2 ** 64 : length)} bytes, but only ${end - start} are left.`,
        {
          ...this.context,
          offset,
          ...(end === this.source.size ? { advice: 'The file is probably cut short: download or copy it again.' } : {}),
        },
      );
    }
    this.position = start;
    return { number, wireType, begin: offset, value, start, end: start + length };
  }

  /** Reads the varint at `position` and moves past it; negative int64 values come out negative. Needs `loadHead(end)` first. */
  varint(end: number, message: string): number {
    const value = this.peekVarint(end, message);
    this.position += this.varintLength;
    return value;
  }

  private peekVarint(end: number, message: string): number {
    const start = this.position - this.windowStart;
    const limit = Math.min(longestVarint, end - this.position);
    this.varintLength = varintLength(this.window, start, start + limit);
    if (this.varintLength > 0) return varintAt(this.window, start, this.varintLength);
    const fault = limit === longestVarint ? 'is longer than ten bytes' : 'has no end';
    throw malformed(`A number in ${message} at offset ${this.position} ${fault}.`, {
      ...this.context,
      offset: this.position,
    });
  }
}

/** In bytes, of the varint at `start`; 0 where it has no end before `end`. */
export function varintLength(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, bytes.length);
  for (let at = start; at < limit; at++) if ((bytes[at] ?? 0) < 0x80) return at - start + 1;
  return 0;
}

/** Negative int64 values come out negative; above 2^53 the last digits are lost. */
export function varintAt(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 128 + ((bytes[start + i] ?? 0) & 0x7f);
  return Number.isSafeInteger(value) ? value : Number(int64At(bytes, start, length));
}

/** The varints that `bytes` hold one behind the other, as int64; one without an end is left out. */
export function int64sIn(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (let at = 0, length = 0; ; at += length) {
    length = varintLength(bytes, at, bytes.length);
    if (length === 0) return values;
    values.push(int64At(bytes, at, length));
  }
}

function int64At(bytes: Uint8Array, start: number, length: number): bigint {
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 7n) | BigInt((bytes[start + i] ?? 0) & 0x7f);
  return BigInt.asIntN(64, value);
}
