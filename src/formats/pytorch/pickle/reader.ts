/** A bounds-checked cursor over a pickle's bytes. */

import { ByteReader } from '../../../lib/byteReader';
import { countInWords } from '../../../lib/countInWords';
import { CheckpointError, malformed } from '../../../lib/errors';
import { at } from '../../../lib/known';
import type { PyValue } from './values';

/** The pickle goes on where the bytes end: a window that is too small, or a file that was cut short. */
export class PickleEndsEarly extends CheckpointError {}

/** An integer of more bytes than this is an attack on whoever multiplies it out. */
const maxLongBytes = 2 ** 16;

export class PickleReader extends ByteReader {
  error(message: string): CheckpointError {
    return malformed(message, { ...this.context, offset: this.offset });
  }

  protected override tooShortFor(length: number): CheckpointError {
    return new PickleEndsEarly(
      'malformed-file',
      `The pickle needs ${countInWords(length)} more bytes at offset ${this.offset}, but only ${this.remaining} are left.`,
      {
        ...this.context,
        offset: this.offset,
        advice: 'The file is probably cut short: download or copy it again.',
      },
    );
  }

  /** The one big-endian number of the format. */
  f64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  /** A 64-bit length; one that cannot be is refused when its bytes are taken. */
  length64(): number {
    return Number(this.u64());
  }

  override slice(length: number): Uint8Array {
    if (length < 0) throw this.error(`A pickled value says that its length is negative (${length}).`);
    return super.slice(length);
  }

  /** Bytes, as a value of the pickle's. */
  content(length: number): PyValue {
    return this.slice(length);
  }

  /** Unicode text, likewise. */
  text(length: number): PyValue {
    return decodeText(this.slice(length));
  }

  /** A string of Python 2, which may be text or bytes. */
  string(length: number): PyValue {
    return decodeText(this.slice(length));
  }

  /** The text up to the next line feed, which is consumed. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    // Without a line feed every byte that is left was needed, and one more.
    const text = this.slice((end < 0 ? this.bytes.length : end) - this.position);
    this.take(1);
    return decodeText(text);
  }

  /** A little-endian two's complement integer; a bigint beyond 2^53. */
  long(length: number): number | bigint {
    if (length > maxLongBytes) throw this.error(`A pickled integer says it is ${length} bytes long.`);
    const bytes = this.slice(length);
    let hex = '';
    for (let i = length - 1; i >= 0; i--) hex += at(bytes, i).toString(16).padStart(2, '0');
    return narrowed(length === 0 ? 0n : BigInt.asIntN(length * 8, BigInt(`0x${hex}`)));
  }
}

/** A number where it can be one exactly, so that equal ints are equal keys. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');

/** UTF-8; what is not (lone surrogates, Python 2 strings) byte by byte, so that different texts stay different. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Python's backslash escapes, as protocol 0 writes strings. */
export function unescapeText(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(00[01][0-9a-fA-F]{5})|(.))/g,
    (whole, x, u, long, plain) => {
      if (plain !== undefined) return escapes.get(plain) ?? plain;
      const code = Number.parseInt(x ?? u ?? long, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
