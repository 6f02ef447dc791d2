/** NumPy's arrays: one in a file (.npy), or a zip archive of such files (.npz). */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { firstPart, type Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Judged } from '../../tensors/judge/stateDict';
import type { ByteRange, Storage, TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Checksum, Format } from '../format';
import { judgementsOf } from '../judging';
import { readZip } from '../zip/directory';
import { type ArrayHeader, headerLength, longestPrefix, readHeader } from './header';
import { pairedLayers } from './pairs';
import { assertNoSamples } from './samples';
import { looksLikeArray, looksLikeArrays } from './sniff';

/** Where an array file is, and what guards it. */
interface ArrayFile {
  readonly name: string;
  readonly range: ByteRange;
  readonly checksum?: Checksum;
}

export const npy: Format = {
  sniff: looksLikeArray,
  yields: true,
  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'NumPy array' };
    const name = firstPart(parts).name.replace(/\.npy$/i, '');
    return checkpointOf('NumPy array', source, parts, [{ name, range: { start: 0, end: source.size } }], context);
  },
};

export const npz: Format = {
  sniff: looksLikeArrays,
  yields: true,
  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'NumPy arrays' };
    const files: ArrayFile[] = [];
    for (const { name, deflated, range, crc, crcFields } of await readZip(source, context)) {
      if (!name.endsWith('.npy')) continue;
      if (deflated) {
        throw new CheckpointError('unsupported-feature', `${name} is compressed, and was not inflated.`, context);
      }
      files.push({ name: name.slice(0, -4), range, checksum: { range, stored: crc, fields: crcFields } });
    }
    return checkpointOf('NumPy arrays', source, parts, files, context);
  },
};

/** Of an array file: its header fits in nearly always. */
const firstRead = 256;
const together = 16;

async function checkpointOf(
  format: string,
  source: ByteSource,
  parts: readonly Part[],
  files: readonly ArrayFile[],
  context: ErrorContext,
): Promise<Checkpoint> {
  const headers: ArrayHeader[] = [];
  for (let next = 0; next < files.length; next += together) {
    const read = files.slice(next, next + together).map((file) => headerOf(source, file, context));
    for (const header of await Promise.all(read)) headers.push(header);
  }
  const arrays = files.map(({ name }, i) => ({ ...at(headers, i), name }));
  assertNoSamples(arrays, context);
  const declared = pairedLayers(arrays);
  const judged = headers.map(({ dtype, shape }, i): Judged => {
    const said = declared[i];
    return { name: at(files, i).name, container: '', dtype, shape, ...(said && { declared: said }) };
  });
  const judgements = judgementsOf({ tensors: judged });
  // Elements of several bytes have one order in a checkpoint: that of most there are.
  const bigger = (order: string) => headers.filter((header) => header.byteOrder === order).length;
  const byteOrder = bigger('big') > bigger('little') ? 'big' : 'little';
  const storages: Storage[] = [];
  const tensors = headers.map(({ dtype, shape, strides, dataStart, byteLength, ...header }, i): TensorInfo => {
    const { name, range } = at(files, i);
    const start = range.start + dataStart;
    const isOther = header.byteOrder !== 'either' && header.byteOrder !== byteOrder;
    const readOnly =
      header.readOnly ?? (isOther ? `${header.byteOrder}-endian, where the other arrays are not` : undefined);
    const storage =
      header.readOnly === undefined
        ? storages.push({ segments: [{ start, end: start + byteLength }], byteLength }) - 1
        : -1;
    return {
      ...{ name, container: '', dtype, shape, strides, storage, storageOffset: 0 },
      ...at(judgements, i),
      ...(readOnly !== undefined && { readOnly }),
    };
  });
  return {
    format,
    can: {},
    parts,
    tensors,
    storages,
    checksums: files.flatMap(({ checksum }) => (checksum ? [checksum] : [])),
    byteOrder,
    notes: [],
  };
}

async function headerOf(source: ByteSource, { name, range }: ArrayFile, context: ErrorContext): Promise<ArrayHeader> {
  const where = { ...context, record: name, offset: range.start };
  const size = range.end - range.start;
  try {
    const first = await source.read(range.start, Math.min(firstRead, size));
    const length = headerLength(first.subarray(0, longestPrefix), range.start, where);
    if (length > size) throw malformed(`Its header should be ${length} bytes, of which it has ${size}.`, where);
    const bytes = length <= first.length ? first.subarray(0, length) : await source.read(range.start, length);
    return readHeader(bytes, size, where);
  } catch (thrown) {
    if (!(thrown instanceof CheckpointError) || thrown.code !== 'malformed-file') throw thrown;
    throw malformed(`The array ${name.slice(0, 100)} is damaged. ${thrown.message}`, thrown.context);
  }
}
