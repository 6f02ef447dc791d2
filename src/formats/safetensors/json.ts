/**
 * A JSON scanner over bytes, as strict as serde_json, which reads these headers in the reference implementation.
 * JSON.parse would do neither of the two things that matter here: tell a key that occurs twice, and keep
 * integers above 2^53 apart.
 */
import { type CheckpointError, type ErrorContext, malformed } from '../../lib/errors';

/** serde_json's recursion limit: the first nesting depth that the reference implementation refuses. */
const depthLimit = 128;
const maxUnsigned = 2n ** 64n - 1n;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const endOfBytes = -1;

const simpleEscapes = new Map<number, string>([
  [quote, '"'],
  [backslash, '\\'],
  [0x2f, '/'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
]);
const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const unsignedPattern = /^(?:0|[1-9]\d*)$/;

export class JsonScanner {
  private readonly bytes: Uint8Array;
  private readonly baseOffset: number;
  private readonly context: ErrorContext;
  /** In sentences: `header`, `index`. */
  private readonly what: string;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private position = 0;

  /**
   * @param baseOffset offset of `bytes[0]` in the file, so that errors name the place in the file
   * @param context put into every error
   * @param what the text is
   */
  constructor(bytes: Uint8Array, baseOffset: number, context: ErrorContext, what = 'header') {
    this.bytes = bytes;
    this.baseOffset = baseOffset;
    this.context = context;
    this.what = what;
  }

  /** Offset of the next token in the file. */
  get offset(): number {
    this.skipSpace();
    return this.baseOffset + this.position;
  }

  /** Error that names what was expected and what stands at the cursor. */
  unexpected(expected: string): CheckpointError {
    const byte = this.peek();
    const found =
      byte === endOfBytes
        ? `the ${this.what} ended`
        : byte > 0x20 && byte < 0x7f
          ? `'${String.fromCharCode(byte)}' was found`
          : `byte 0x${byte.toString(16).padStart(2, '0')} was found`;
    return this.error(`${expected} was expected in the JSON ${this.what}, but ${found}`);
  }

  /** Ends the JSON text: only white space may follow. */
  end(): void {
    if (this.peek() !== endOfBytes) throw this.unexpected(`The end of the ${this.what}`);
  }

  /** Calls `take` for every key of an object; `take` must consume the value. */
  object(what: string, take: (key: string, offset: number) => void): void {
    if (!this.accept(openBrace)) throw this.unexpected(what);
    if (this.accept(closeBrace)) return;
    do {
      const offset = this.offset;
      const key = this.string('A name in quotes');
      if (!this.accept(colon)) throw this.unexpected("':'");
      take(key, offset);
    } while (this.accept(comma));
    if (!this.accept(closeBrace)) throw this.unexpected("',' or '}'");
  }

  /** Calls `take` before every item of an array; `take` must consume the item. */
  array(what: string, take: () => void): void {
    if (!this.accept(openBracket)) throw this.unexpected(what);
    if (this.accept(closeBracket)) return;
    do take();
    while (this.accept(comma));
    if (!this.accept(closeBracket)) throw this.unexpected("',' or ']'");
  }

  /** Consumes `null` if it is next. */
  acceptNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.literal();
    return true;
  }

  string(what: string): string {
    if (!this.accept(quote)) throw this.unexpected(what);
    let text = '';
    let runStart = this.position;
    for (;;) {
      const byte = this.bytes[this.position] ?? endOfBytes;
      if (byte < 0x20) throw this.unexpected('A closing quote');
      if (byte === quote || byte === backslash) {
        text += this.decode(runStart);
        this.position++;
        if (byte === quote) return text;
        text += this.escape();
        runStart = this.position;
      } else {
        this.position++;
      }
    }
  }

  /** A whole number from 0 to 2^64 - 1, written without sign, point or exponent. */
  unsigned(what: string): bigint {
    this.skipSpace();
    const start = this.position;
    const text = this.numberText();
    if (!unsignedPattern.test(text)) {
      this.position = start;
      throw text === ''
        ? this.unexpected(what)
        : this.error(`${what} was expected, but ${text.slice(0, 40)} was found`);
    }
    // Twenty digits hold 2^64; BigInt of a megabyte of digits would take minutes.
    const value = text.length > 20 ? maxUnsigned + 1n : BigInt(text);
    if (value > maxUnsigned) {
      this.position = start;
      throw this.error(`${what} was expected, but the number is 2^64 or more`);
    }
    return value;
  }

  /**
   * Checks and skips one value of any kind. Without recursion: nesting is counted, not called.
   * @param depth how many objects and arrays the value lies in
   */
  skipValue(depth: number): void {
    const open: number[] = [];
    for (;;) {
      if (this.skipScalarOrOpen(open, depth)) continue;
      // A value is complete: close what ends here, or go on to the next member.
      for (;;) {
        const closer = open.at(-1);
        if (closer === undefined) return;
        if (this.accept(comma)) {
          if (closer === closeBrace) this.skipKey();
          break;
        }
        if (!this.accept(closer)) throw this.unexpected(`',' or '${String.fromCharCode(closer)}'`);
        open.pop();
      }
    }
  }

  /** True when a non-empty object or array was opened, so that its first value comes next. */
  private skipScalarOrOpen(open: number[], depth: number): boolean {
    const byte = this.peek();
    if (byte === openBrace || byte === openBracket) {
      if (depth + open.length + 1 >= depthLimit) {
        throw this.error(
          `The JSON ${this.what} nests ${depthLimit} levels deep, which the reference implementation refuses`,
        );
      }
      this.position++;
      const closer = byte === openBrace ? closeBrace : closeBracket;
      if (this.accept(closer)) return false;
      open.push(closer);
      if (closer === closeBrace) this.skipKey();
      return true;
    }
    if (byte === quote) this.string('A string');
    else if (byte === 0x74 || byte === 0x66 || byte === 0x6e) this.literal();
    else this.skipNumber();
    return false;
  }

  private skipKey(): void {
    this.string('A name in quotes');
    if (!this.accept(colon)) throw this.unexpected("':'");
  }

  private skipNumber(): void {
    this.skipSpace();
    const start = this.position;
    const text = this.numberText();
    if (numberPattern.test(text) && Number.isFinite(Number(text))) return;
    this.position = start;
    throw text === ''
      ? this.unexpected('A value')
      : this.error('A JSON number was expected, but it is malformed or out of range');
  }

  private literal(): void {
    for (const word of ['true', 'false', 'null']) {
      if ([...word].every((letter, i) => this.bytes[this.position + i] === letter.charCodeAt(0))) {
        this.position += word.length;
        return;
      }
    }
    throw this.unexpected('A value');
  }

  /** The run of characters that numbers are made of, consumed. */
  private numberText(): string {
    const start = this.position;
    for (;;) {
      const byte = this.bytes[this.position] ?? endOfBytes;
      const isNumeric =
        (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
      if (byte === endOfBytes || !isNumeric) break;
      this.position++;
    }
    return this.decode(start);
  }

  private escape(): string {
    const byte = this.bytes[this.position] ?? endOfBytes;
    const simple = simpleEscapes.get(byte);
    if (simple !== undefined) {
      this.position++;
      return simple;
    }
    const unit = this.unicodeEscape();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff || this.bytes[this.position] !== backslash) throw this.loneSurrogate();
    this.position++;
    const low = this.unicodeEscape();
    if (low < 0xdc00 || low > 0xdfff) throw this.loneSurrogate();
    return String.fromCharCode(unit, low);
  }

  private unicodeEscape(): number {
    if (this.bytes[this.position] !== 0x75) throw this.unexpected('An escape such as \\n or \\u0041');
    const digits = String.fromCharCode(...this.bytes.subarray(this.position + 1, this.position + 5));
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.error('An escape \\u must have four hexadecimal digits');
    this.position += 5;
    return Number.parseInt(digits, 16);
  }

  private loneSurrogate(): CheckpointError {
    return this.error('An escape \\u is half of a surrogate pair, which is no character');
  }

  private decode(start: number): string {
    try {
      return this.decoder.decode(this.bytes.subarray(start, this.position));
    } catch {
      this.position = start;
      throw this.error(`The JSON ${this.what} is not valid UTF-8 here`);
    }
  }

  private accept(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  private peek(): number {
    this.skipSpace();
    return this.bytes[this.position] ?? endOfBytes;
  }

  private skipSpace(): void {
    for (;;) {
      const byte = this.bytes[this.position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.position++;
    }
  }

  private error(message: string): CheckpointError {
    const offset = this.baseOffset + this.position;
    return malformed(`${message} (offset ${offset}).`, { ...this.context, offset });
  }
}
