/**
 * The arrays in a tree of maps (flax/serialization.py): extension 1 is an array, 3 a scalar of NumPy's, each (shape, name of the dtype,
 * bytes). Arrays above 1 GiB are cut into chunks, which are entries of a map that says so.
 */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import type { ByteRange } from '../../tensors/tensor';
import { type Head, MessagePackCursor } from './cursor';

export interface FoundArray {
  readonly path: readonly string[];
  readonly shape: readonly number[];
  /** As NumPy calls it: `float32`. */
  readonly dtype: string;
  /** Its bytes, row by row; several where it is in chunks. */
  readonly segments: readonly ByteRange[];
}

const arrayCode = 1;
const scalarCode = 3;
const chunkMark = '__msgpack_chunked_array__';
const mostDepth = 1000;
const mostValues = 5_000_000;
const mostDimensions = 64;
/** Of names altogether. */
const mostCharacters = 2 ** 27;

interface Frame {
  readonly key: string;
  readonly isMap: boolean;
  readonly length: number;
  /** Entries that were begun. */
  begun: number;
  readonly keys: Set<string>;
  /** The chunked array that it is, or is a part of. */
  chunked: Chunked | undefined;
}

interface Chunked {
  readonly path: readonly string[];
  readonly frame: 'array' | 'shape' | 'chunks';
  readonly parts: ChunkedParts;
}

interface ChunkedParts {
  readonly shape: Map<string, number>;
  readonly chunks: Map<string, FoundArray>;
}

/** @throws CheckpointError `malformed-file`, `unsupported-feature` */
export async function arraysIn(source: ByteSource, context: ErrorContext): Promise<FoundArray[]> {
  const cursor = new MessagePackCursor(source, context);
  const found: FoundArray[] = [];
  const stack: Frame[] = [];
  let values = 0;
  let characters = 0;
  const tooMuch = (what: string) => new CheckpointError('unsupported-feature', `It ${what}.`, context);
  let key = '';
  for (;;) {
    if (++values > mostValues) throw tooMuch(`holds more than ${mostValues} values`);
    const parent = stack.at(-1);
    const head = await cursor.head();
    const inner = chunkedIn(parent, key, stack);
    if (head.type === 'map' || head.type === 'array') {
      if (stack.length >= mostDepth) throw tooMuch(`nests more than ${mostDepth} levels deep`);
      const isMap = head.type === 'map';
      stack.push({ key, isMap, length: head.length, begun: 0, keys: new Set(), chunked: inner });
    } else if (head.type === 'extension' && (head.code === arrayCode || head.code === scalarCode)) {
      const array = await arrayAt(cursor, head, [...pathOf(stack), key]);
      characters += array.path.reduce((sum, step) => sum + step.length, 0);
      if (characters > mostCharacters) throw tooMuch('has more names than Secateur lists');
      if (inner?.frame === 'chunks') inner.parts.chunks.set(key, array);
      else found.push(array);
    } else {
      if (inner?.frame === 'shape' && head.type === 'number') inner.parts.shape.set(key, head.value);
      cursor.position += head.type === 'number' || head.type === 'other' ? 0 : head.length;
    }
    // Up to where there is another entry.
    let top = stack.at(-1);
    while (top && top.begun === top.length) {
      stack.pop();
      if (top.chunked?.frame === 'array') found.push(joined(top.chunked, cursor));
      top = stack.at(-1);
    }
    if (!top) break;
    key = top.isMap ? await keyAt(cursor) : String(top.begun);
    if (top.keys.has(key)) throw cursor.fault(`The name "${key.slice(0, 100)}" stands twice in one map`);
    top.keys.add(key);
    top.begun++;
  }
  if (cursor.position !== cursor.end) throw cursor.fault('Bytes are left behind its last value');
  return found;
}

/** Keys of the maps around, without the outermost's. */
function pathOf(stack: readonly Frame[]): string[] {
  return stack.slice(1).map((frame) => frame.key);
}

async function keyAt(cursor: MessagePackCursor): Promise<string> {
  const head = await cursor.head();
  if (head.type === 'number') return String(head.value);
  if (head.type === 'text' || head.type === 'bytes') return cursor.text(head);
  throw cursor.fault('A name was expected');
}

/** Whether the value of a key is one of the three things in a chunked array, whose mark comes first. */
function chunkedIn(parent: Frame | undefined, key: string, stack: readonly Frame[]): Chunked | undefined {
  if (!parent) return undefined;
  if (parent.chunked) {
    const { frame } = parent.chunked;
    if (frame !== 'array') return parent.chunked;
    return key === 'shape' || key === 'chunks' ? { ...parent.chunked, frame: key } : undefined;
  }
  if (key !== chunkMark) return undefined;
  parent.chunked = { path: pathOf(stack), frame: 'array', parts: { shape: new Map(), chunks: new Map() } };
  return undefined;
}

/** The parts in the order of their numbers. @throws CheckpointError `malformed-file` */
function joined({ path, parts: { shape, chunks } }: Chunked, cursor: MessagePackCursor): FoundArray {
  const inOrder = <Value>(entries: ReadonlyMap<string, Value>) =>
    [...entries].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  const all = inOrder(chunks);
  const [first] = all;
  const sizes = inOrder(shape);
  const isWhole =
    first && sizes.length <= mostDimensions && sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isWhole || all.some(({ dtype }) => dtype !== first.dtype)) {
    throw cursor.fault('An array in chunks has no shape, or chunks that do not belong together');
  }
  return { path, shape: sizes, dtype: first.dtype, segments: all.flatMap(({ segments }) => segments) };
}

/** The array in an extension, whose head was read; moves behind it. */
async function arrayAt(cursor: MessagePackCursor, outer: Head, path: readonly string[]): Promise<FoundArray> {
  const end = outer.start + outer.length;
  const fault = () => cursor.fault('An array should say its shape, its type and its bytes');
  const whole = await cursor.head();
  if (whole.type !== 'array' || whole.length !== 3) throw fault();
  const dimensions = await cursor.head();
  if (dimensions.type !== 'array' || dimensions.length > mostDimensions) throw fault();
  const shape: number[] = [];
  for (let i = 0; i < dimensions.length; i++) {
    const { type, value } = await cursor.head();
    if (type !== 'number' || !Number.isSafeInteger(value) || value < 0) throw fault();
    shape.push(value);
  }
  const name = await cursor.head();
  if (name.type !== 'text' && name.type !== 'bytes') throw fault();
  const dtype = await cursor.text(name);
  const content = await cursor.head();
  cursor.position = content.start + content.length;
  if ((content.type !== 'bytes' && content.type !== 'text') || cursor.position !== end) throw fault();
  return { path, shape, dtype, segments: [{ start: content.start, end }] };
}
