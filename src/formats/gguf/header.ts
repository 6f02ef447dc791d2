/**
 * The head of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): key-value pairs, then what each tensor is
 * and where. As strict as gguf.cpp, so that what opens here opens there.
 */
import { ByteReader } from '../../lib/byteReader';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { found } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import { type TensorType, tensorTypes } from './types';

export interface GgufTensor {
  readonly name: string;
  readonly type: TensorType;
  /** In the order of numpy: the file has them reversed, the fastest first. */
  readonly shape: readonly number[];
  readonly numel: number;
  /** `[start, end)` in bytes of the file. */
  readonly start: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly byteOrder: 'little' | 'big';
  readonly tensors: readonly GgufTensor[];
  /** `general.architecture`: `llama`, `bert`, … Absent in all parts but the first. */
  readonly architecture?: string;
  /** `split.count`. Absent: a file of its own. */
  readonly parts?: number;
  readonly isAdapter: boolean;
}

const maxDimensions = 4;
/** gguf.cpp has 64; tools for diffusion models write names of more. */
const maxNameBytes = 1024;
/** A vocabulary of a million words stays below it. */
const maxHeadBytes = 256 * 2 ** 20;
const firstHeadBytes = 2 ** 20;
const defaultAlignment = 32;

/** The bytes of a head end before it does. */
class HeadGoesOn extends CheckpointError {}

/** @throws CheckpointError `malformed-file`, `unsupported-feature` */
export async function readHeader(source: ByteSource, context: ErrorContext): Promise<GgufHeader> {
  for (let length = Math.min(firstHeadBytes, source.size); ; length = Math.min(4 * length, source.size)) {
    try {
      return parseHeader(await source.read(0, length), source.size, context);
    } catch (thrown) {
      if (!(thrown instanceof HeadGoesOn) || length === source.size) throw thrown;
      if (length >= maxHeadBytes) throw tooLong(context);
    }
  }
}

function tooLong(context: ErrorContext): CheckpointError {
  const most = maxHeadBytes / 2 ** 20;
  const message = `The head of the file, before its weights, is longer than the ${most} MB that Secateur reads of one.`;
  return new CheckpointError('unsupported-feature', message, context);
}

/**
 * @param bytes the first of the file
 * @param size of the file
 */
export function parseHeader(bytes: Uint8Array, size: number, context: ErrorContext): GgufHeader {
  const head = new Head(bytes, size, context);
  head.skip(4);
  const version = head.version();
  if (version !== 2 && version !== 3) {
    const message = `The file is GGUF of version ${version}; Secateur reads versions 2 and 3.`;
    throw new CheckpointError('unsupported-feature', message, {
      ...context,
      offset: 4,
      advice: 'Convert the model again with a llama.cpp of today.',
    });
  }
  const tensorCount = head.count('The number of tensors');
  const pairs = head.pairs(head.count('The number of key-value pairs'));
  const alignment = pairs.alignment ?? defaultAlignment;
  if (alignment <= 0 || !Number.isInteger(Math.log2(alignment))) {
    throw head.fault(`general.alignment is ${alignment}, which is no power of two`);
  }
  const described = head.tensors(tensorCount);
  const start = padded(head.offset, alignment);
  let next = 0;
  const tensors = described.map(({ offset, ...tensor }): GgufTensor => {
    const { name, type, numel } = tensor;
    const length = (numel / type.elements) * type.bytes;
    if (offset !== next) {
      throw malformed(`The weights of "${name}" begin at ${offset} where ${next} was expected.`, {
        ...context,
        tensor: name,
      });
    }
    next = padded(offset + length, alignment);
    const end = start + offset + length;
    if (end > size) {
      throw malformed(`The weights of "${name}" end at ${end}, but the file has only ${size} bytes.`, {
        ...context,
        tensor: name,
        offset: start + offset,
        advice: 'The file is probably cut short: download or copy it again.',
      });
    }
    return { ...tensor, start: start + offset, end };
  });
  const { architecture, parts, type } = pairs;
  return {
    byteOrder: head.littleEndian ? 'little' : 'big',
    tensors,
    ...(architecture === undefined ? {} : { architecture }),
    ...(parts === undefined || parts < 2 ? {} : { parts }),
    isAdapter: type === 'adapter',
  };
}

function padded(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** Widths of the types of values; a string (8) and an array (9) say their own length. */
const widths: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const uint16 = 2;
const uint32 = 4;
const string = 8;
const array = 9;

/** The pairs that matter here. */
interface Pairs {
  alignment?: number;
  architecture?: string;
  parts?: number;
  type?: string;
}

type Described = Omit<GgufTensor, 'start' | 'end'> & { readonly offset: number };

class Head extends ByteReader {
  littleEndian = true;
  private readonly size: number;

  constructor(bytes: Uint8Array, size: number, context: ErrorContext) {
    super(bytes, 0, context);
    this.size = size;
  }

  fault(message: string): CheckpointError {
    return malformed(`${message} (offset ${this.offset}).`, { ...this.context, offset: this.offset });
  }

  protected override tooShortFor(length: number): CheckpointError {
    const { advice, ...where } = { ...this.context, offset: this.offset };
    const message = `The head of the file needs ${length} more bytes at offset ${this.offset}, where the file ends.`;
    return new HeadGoesOn('malformed-file', message, {
      ...where,
      advice: 'The file is probably cut short: download or copy it again.',
    });
  }

  /** Whose low half is zero is written the other way round. */
  version(): number {
    const version = this.u32();
    this.littleEndian = (version & 0xffff) !== 0;
    if (this.littleEndian) return version;
    this.position -= 4;
    return this.u32();
  }

  override u16(): number {
    return this.view.getUint16(this.take(2), this.littleEndian);
  }

  override u32(): number {
    return this.view.getUint32(this.take(4), this.littleEndian);
  }

  override u64(): bigint {
    return this.view.getBigUint64(this.take(8), this.littleEndian);
  }

  /** No more than the file has bytes. */
  count(what: string): number {
    return this.size64(what, this.size);
  }

  text(what: string, limit: number): string {
    return new TextDecoder().decode(this.slice(this.size64(`The length of ${what}`, Math.min(limit, this.size))));
  }

  pairs(count: number): Pairs {
    const pairs: Pairs = {};
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      const key = this.text('a key', 65535);
      if (seen.has(key)) throw this.fault(`The key "${key.slice(0, 80)}" occurs twice`);
      seen.add(key);
      const type = this.u32();
      if (key === 'general.architecture' && type === string) pairs.architecture = this.text(key, 1024);
      else if (key === 'general.type' && type === string) pairs.type = this.text(key, 1024);
      else if (key === 'general.alignment' && type === uint32) pairs.alignment = this.u32();
      else if (key === 'split.count' && type === uint16) pairs.parts = this.u16();
      else this.skipValue(type, key);
    }
    return pairs;
  }

  private skipValue(type: number, key: string): void {
    const width = widths.get(type);
    if (width !== undefined) {
      this.skip(width);
    } else if (type === string) {
      this.skip(this.count(`The length of ${key.slice(0, 80)}`));
    } else if (type === array) {
      this.skipArray(key);
    } else {
      throw this.fault(`"${key.slice(0, 80)}" has a value of the unknown type ${type}`);
    }
  }

  private skipArray(key: string): void {
    const type = this.u32();
    const length = this.count(`The length of ${key.slice(0, 80)}`);
    const width = widths.get(type);
    if (width !== undefined) {
      this.skip(width * length);
    } else if (type === string) {
      for (let i = 0; i < length; i++) this.skip(this.count(`The length of ${key.slice(0, 80)}`));
    } else {
      throw this.fault(`"${key.slice(0, 80)}" is an array of the type ${type}, which arrays cannot have`);
    }
  }

  tensors(count: number): Described[] {
    const described: Described[] = [];
    const names = new Set<string>();
    for (let i = 0; i < count; i++) {
      const tensor = this.tensor();
      if (names.has(tensor.name)) throw this.fault(`The name "${tensor.name.slice(0, 80)}" occurs twice`);
      names.add(tensor.name);
      described.push(tensor);
    }
    return described;
  }

  private tensor(): Described {
    const name = this.text('a name', maxNameBytes);
    const rank = this.u32();
    if (rank > maxDimensions) throw this.fault(`"${name}" has ${rank} dimensions; GGUF has at most ${maxDimensions}`);
    const reversed: number[] = [];
    let numel = 1;
    for (let axis = 0; axis < rank; axis++) {
      const length = this.size64(`A dimension of "${name}"`, Number.MAX_SAFE_INTEGER);
      reversed.push(length);
      numel *= length;
      if (!Number.isSafeInteger(numel)) throw this.fault(`"${name}" has more elements than any file`);
    }
    const number = this.u32();
    const type = tensorTypes.get(number);
    if (!type) throw this.unknown(name, number);
    const row = reversed[0] ?? 1;
    if (row % type.elements !== 0) {
      throw this.fault(`Rows of "${name}" have ${row} elements, which blocks of ${type.elements} do not fill`);
    }
    const offset = this.size64(`The place of "${name}"`, this.size);
    return { name, type, shape: reversed.reverse(), numel, offset };
  }

  /** Without its size nothing behind it can be found. */
  private unknown(name: string, number: number): CheckpointError {
    const message = `"${name}" is of ggml's type ${number}, which Secateur does not know.`;
    const context = { ...this.context, tensor: found(name, 'a name'), offset: this.offset };
    return new CheckpointError('unsupported-feature', message, context);
  }
}
