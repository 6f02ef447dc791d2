/** The safetensors header: its JSON, and every rule by which the reference implementation (safetensors/src/tensor.rs) refuses one. */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { bitsOf, type Dtype, isDtype } from '../../tensors/dtype';
import { JsonScanner } from './json';

/** One tensor of the header, checked. */
export interface HeaderTensor {
  readonly name: string;
  /** As written. */
  readonly token: string;
  /** OPAQUE for a token that this version of the format does not know. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the header. */
  readonly tensors: readonly HeaderTensor[];
  /** The strings of `__metadata__`, by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** One tensor as the JSON says it. */
interface Entry {
  readonly name: string;
  /** Of its name in the file. */
  readonly offset: number;
  readonly token: string;
  readonly shape: readonly bigint[];
  readonly begin: bigint;
  readonly end: bigint;
}

/** The dtypes of safetensors 0.8; what others the tensors room knows are foreign to this format. */
const knownTokens: ReadonlySet<string> = new Set([
  ...['BOOL', 'F4', 'F6_E2M3', 'F6_E3M2', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'],
  ...['I16', 'U16', 'F16', 'BF16', 'I32', 'U32', 'F32', 'C64', 'F64', 'I64', 'U64'],
]);
const maxSize = 2n ** 64n - 1n;
/** Above what any real model has; keeps 100 MB of hostile header from becoming gigabytes of objects. */
const maxTensors = 1_000_000;
const maxRank = 1024;

/**
 * @param header the JSON text as stored
 * @param headerOffset of the text in the file
 * @param dataLength bytes in the file after the header
 * @throws CheckpointError `malformed-file`
 */
export function readHeader(
  header: Uint8Array,
  headerOffset: number,
  dataLength: number,
  context: ErrorContext,
): Header {
  const { entries, metadata } = parseEntries(new JsonScanner(header, headerOffset, context), context);
  checkOffsets(entries, dataLength, context);
  const tensors = entries.map((entry) => {
    const dtype = dtypeOf(entry.token);
    checkSize(entry, dtype, context);
    return {
      name: entry.name,
      token: entry.token,
      dtype,
      // Beyond 2^53 only beside a dimension of 0, where nothing is computed from it.
      shape: entry.shape.map(Number),
      begin: Number(entry.begin),
      end: Number(entry.end),
    };
  });
  return { tensors, metadata };
}

function parseEntries(json: JsonScanner, context: ErrorContext) {
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  const names = new Set<string>();
  json.object("'{'", (name, offset) => {
    // The reference lets the last of two equal names win; the format's own text disallows them.
    if (names.has(name)) {
      throw malformed(`The header names ${quoted(name)} twice, the second time at offset ${offset}.`, {
        ...context,
        offset,
      });
    }
    names.add(name);
    if (names.size > maxTensors) {
      throw new CheckpointError('unsupported-feature', `The header names more than ${maxTensors} tensors.`, {
        ...context,
        offset,
      });
    }
    if (name === '__metadata__') parseMetadata(json, metadata);
    else entries.push(parseEntry(json, name, offset, context));
  });
  json.end();
  return { entries, metadata };
}

/** Null, or text by name. */
function parseMetadata(json: JsonScanner, metadata: Map<string, string>): void {
  if (json.acceptNull()) return;
  json.object('__metadata__, an object of strings,', (name) => {
    metadata.set(name, json.string('A string in __metadata__'));
  });
}

function parseEntry(json: JsonScanner, name: string, offset: number, context: ErrorContext): Entry {
  let token: string | undefined;
  let shape: bigint[] | undefined;
  let offsets: bigint[] | undefined;
  const inEntry = { ...context, tensor: shortened(name), offset };
  const twice = (field: string, before: unknown) => {
    if (before !== undefined) throw malformed(`${quoted(name)} has the field ${field} twice.`, inEntry);
  };
  json.object(`An object with dtype, shape and data_offsets for ${quoted(name)}`, (field) => {
    switch (field) {
      case 'dtype':
        twice(field, token);
        token = json.string('A dtype in quotes');
        break;
      case 'shape':
        twice(field, shape);
        shape = unsignedArray(json, 'A shape (an array)', 'A dimension (a whole number)');
        break;
      case 'data_offsets':
        twice(field, offsets);
        offsets = unsignedArray(json, 'A pair of data_offsets (an array)', 'A data offset (a whole number)');
        break;
      default:
        json.skipValue(2);
    }
  });
  if (token === undefined) throw malformed(`${quoted(name)} has no dtype.`, inEntry);
  if (shape === undefined) throw malformed(`${quoted(name)} has no shape.`, inEntry);
  if (offsets === undefined) throw malformed(`${quoted(name)} has no data_offsets.`, inEntry);
  if (offsets.length !== 2) {
    throw malformed(`${quoted(name)} has ${offsets.length} data_offsets where two are expected.`, inEntry);
  }
  return { name, offset, token, shape, begin: at(offsets, 0), end: at(offsets, 1) };
}

function unsignedArray(json: JsonScanner, what: string, item: string): bigint[] {
  const values: bigint[] = [];
  json.array(what, () => {
    if (values.length === maxRank) throw json.unexpected(`The end of an array after ${maxRank} items`);
    values.push(json.unsigned(item));
  });
  return values;
}

/** The tensors must tile the data: no hole, no overlap, nothing after the last. */
function checkOffsets(entries: readonly Entry[], dataLength: number, context: ErrorContext): void {
  const sorted = [...entries].sort((a, b) => compare(a.begin, b.begin) || compare(a.end, b.end));
  let reached = 0n;
  for (const { name, offset, begin, end } of sorted) {
    const inEntry = { ...context, tensor: shortened(name), offset };
    if (begin !== reached) {
      const fault = begin > reached ? 'a hole before it' : 'an overlap with the tensor before it';
      throw malformed(
        `The data of ${quoted(name)} begins at ${begin} where ${reached} was expected: ${fault}.`,
        inEntry,
      );
    }
    if (end < begin)
      throw malformed(`The data of ${quoted(name)} ends at ${end}, before it begins at ${begin}.`, inEntry);
    reached = end;
  }
  if (reached > BigInt(dataLength)) {
    throw malformed(`The header describes ${reached} bytes of data, but the file holds only ${dataLength}.`, {
      ...context,
      advice: 'The file is probably cut short: download or copy it again.',
    });
  }
  if (reached < BigInt(dataLength)) {
    throw malformed(`The header describes ${reached} bytes of data, but the file holds ${dataLength}.`, {
      ...context,
      advice: 'Something was appended to the file, or its header was changed: save it again with safetensors.',
    });
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function dtypeOf(token: string): Dtype {
  return knownTokens.has(token) && isDtype(token) ? token : 'OPAQUE';
}

/** Shape and dtype must give exactly the bytes that the offsets enclose, in 64-bit arithmetic that never wraps. */
function checkSize(entry: Entry, dtype: Dtype, context: ErrorContext): void {
  const { name, token, shape, begin, end, offset } = entry;
  const inEntry = { ...context, tensor: shortened(name), offset };
  let numel = 1n;
  for (const size of shape) {
    numel *= size;
    if (numel > maxSize) throw malformed(`The shape of ${quoted(name)} has more than 2^64 elements.`, inEntry);
  }
  if (dtype === 'OPAQUE') return;
  const bits = numel * BigInt(bitsOf(dtype));
  if (bits > maxSize) throw malformed(`The shape of ${quoted(name)} has more than 2^64 bits.`, inEntry);
  if (bits % 8n !== 0n) {
    throw malformed(`${quoted(name)} has ${numel} elements of ${token}, which do not fill whole bytes.`, inEntry);
  }
  if (end - begin !== bits / 8n) {
    throw malformed(
      `${quoted(name)} needs ${bits / 8n} bytes for ${token} [${shape.join(', ')}], but its data_offsets enclose ${end - begin}.`,
      inEntry,
    );
  }
}

/** A name fit for a sentence. */
function quoted(name: string): string {
  return `"${shortened(name)}"`;
}

function shortened(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
