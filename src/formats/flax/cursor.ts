/** MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) read from a file by small windows: arrays are passed over. */
import { type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';

/** What stands at a place: `length` counts entries of maps and arrays, bytes of the others, which begin at `start`. */
export interface Head {
  readonly type: 'map' | 'array' | 'text' | 'bytes' | 'extension' | 'number' | 'other';
  readonly length: number;
  readonly start: number;
  /** Of a number; NaN beyond what is exact. */
  readonly value: number;
  /** Of an extension. */
  readonly code: number;
}

const firstWindow = 4 * 1024;
const lastWindow = 1024 * 1024;
/** A code, a length and the type of an extension, or a number. */
const longestHead = 9;
/** Names have some dozen bytes. */
const longestText = 65_536;

export class MessagePackCursor {
  position = 0;
  readonly end: number;
  private readonly source: ByteSource;
  private readonly context: ErrorContext;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;

  constructor(source: ByteSource, context: ErrorContext) {
    this.source = source;
    this.end = source.size;
    this.context = context;
  }

  /** The head of the value at the position, which is moved behind it: to the first entry, or the bytes. */
  async head(): Promise<Head> {
    const bytes = await this.ahead(Math.min(longestHead, this.end - this.position));
    const code = bytes[0];
    if (code === undefined) throw this.fault('Another value was expected, but the file ends');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const head = headOf(code, view);
    if (!head || head.size > bytes.length) throw this.fault('A value was expected that MessagePack has');
    this.position += head.size;
    const { type, length = 0, value = Number.NaN } = head;
    const isCounted = type === 'map' || type === 'array';
    const needed = isCounted ? length * (type === 'map' ? 2 : 1) : length;
    if (needed > this.end - this.position) {
      throw this.fault(
        `A value of ${length} ${isCounted ? 'entries' : 'bytes'} was expected, but the file ends before`,
      );
    }
    return { type, length, start: this.position, value, code: head.code ?? 0 };
  }

  /** The text, or the bytes of an old writer's, behind a head. */
  async text({ length }: Head): Promise<string> {
    if (length > longestText) throw this.fault(`A name says it is ${length} bytes long`);
    const bytes = await this.ahead(length);
    this.position += length;
    return new TextDecoder().decode(bytes);
  }

  fault(what: string) {
    return malformed(`${what} (offset ${this.position}).`, { ...this.context, offset: this.position });
  }

  /** The next bytes, without moving. */
  private async ahead(length: number): Promise<Uint8Array> {
    let from = this.position - this.windowStart;
    if (from < 0 || from + length > this.window.length) {
      const isNext = from >= 0 && from <= this.window.length;
      const size = isNext ? Math.min(lastWindow, Math.max(firstWindow, this.window.length * 2)) : firstWindow;
      this.window = await this.source.read(this.position, Math.min(this.end - this.position, Math.max(size, length)));
      this.windowStart = this.position;
      from = 0;
    }
    return this.window.subarray(from, from + length);
  }
}

interface Shape {
  readonly type: Head['type'];
  /** Of the head. */
  readonly size: number;
  readonly length?: number;
  readonly value?: number;
  readonly code?: number;
}

/** Undefined for a code that is never used, or a head that the bytes end within. */
function headOf(code: number, view: DataView): Shape | undefined {
  if (code <= 0x7f) return { type: 'number', size: 1, value: code };
  if (code <= 0x8f) return { type: 'map', size: 1, length: code - 0x80 };
  if (code <= 0x9f) return { type: 'array', size: 1, length: code - 0x90 };
  if (code <= 0xbf) return { type: 'text', size: 1, length: code - 0xa0 };
  if (code >= 0xe0) return { type: 'number', size: 1, value: code - 0x100 };
  if (code === 0xc0 || code === 0xc2 || code === 0xc3) return { type: 'other', size: 1 };
  if (code >= 0xd4 && code <= 0xd8) {
    return view.byteLength < 2
      ? undefined
      : { type: 'extension', size: 2, length: 2 ** (code - 0xd4), code: view.getInt8(1) };
  }
  const known = sized.get(code);
  if (!known) return undefined;
  const [type, width] = known;
  const isExtension = type === 'extension';
  const size = 1 + width + (isExtension ? 1 : 0);
  if (view.byteLength < size) return undefined;
  if (type === 'number') return { type, size, value: numberAt(code, view) };
  const length = width === 1 ? view.getUint8(1) : width === 2 ? view.getUint16(1) : view.getUint32(1);
  return { type, size, length, ...(isExtension && { code: view.getInt8(1 + width) }) };
}

/** Bytes of the length, or of the number itself. */
const sized: ReadonlyMap<number, readonly [Head['type'], number]> = new Map([
  [0xc4, ['bytes', 1]],
  [0xc5, ['bytes', 2]],
  [0xc6, ['bytes', 4]],
  [0xc7, ['extension', 1]],
  [0xc8, ['extension', 2]],
  [0xc9, ['extension', 4]],
  [0xca, ['number', 4]],
  [0xcb, ['number', 8]],
  [0xcc, ['number', 1]],
  [0xcd, ['number', 2]],
  [0xce, ['number', 4]],
  [0xcf, ['number', 8]],
  [0xd0, ['number', 1]],
  [0xd1, ['number', 2]],
  [0xd2, ['number', 4]],
  [0xd3, ['number', 8]],
  [0xd9, ['text', 1]],
  [0xda, ['text', 2]],
  [0xdb, ['text', 4]],
  [0xdc, ['array', 2]],
  [0xdd, ['array', 4]],
  [0xde, ['map', 2]],
  [0xdf, ['map', 4]],
]);

function numberAt(code: number, view: DataView): number {
  switch (code) {
    case 0xca:
      return view.getFloat32(1);
    case 0xcb:
      return view.getFloat64(1);
    case 0xcc:
      return view.getUint8(1);
    case 0xcd:
      return view.getUint16(1);
    case 0xce:
      return view.getUint32(1);
    case 0xcf:
      return Number(view.getBigUint64(1));
    case 0xd0:
      return view.getInt8(1);
    case 0xd1:
      return view.getInt16(1);
    case 0xd2:
      return view.getInt32(1);
    default:
      return Number(view.getBigInt64(1));
  }
}
