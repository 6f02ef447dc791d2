/** The header of an array file: numpy.lib.format, versions 1 to 3. */
import { ByteReader } from '../../lib/byteReader';
import { startsWith } from '../../lib/bytes';
import { countInWords } from '../../lib/countInWords';
import { type ErrorContext, malformed } from '../../lib/errors';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import { numpyDtypes } from '../../tensors/numpyDtypes';
import { columnStrides, contiguousStrides } from '../../tensors/tensor';
import { magic } from './sniff';

export interface ArrayHeader {
  readonly dtype: Dtype;
  /** `big` only where a single element is several bytes. */
  readonly byteOrder: 'little' | 'big' | 'either';
  readonly shape: readonly number[];
  /** In elements: columns first where the array is Fortran's. */
  readonly strides: readonly number[];
  /** Of the elements, from the start of the array file. */
  readonly dataStart: number;
  /** 0 where the elements are of no fixed size. */
  readonly byteLength: number;
  /** Why its elements are left alone, where they are none that a tensor has. */
  readonly readOnly?: string;
}

/** A dictionary of three entries; numpy itself stops at 10,000 characters. */
export const maxHeaderBytes = 65_536;
/** Magic, version and the length of the header, which takes two bytes or four. */
export const longestPrefix = 12;
/** numpy's own limit is 64. */
const maxRank = 64;

/** How many bytes the header takes, the prefix included. @throws CheckpointError `malformed-file` */
export function headerLength(prefix: Uint8Array, offset: number, context: ErrorContext): number {
  if (!startsWith(prefix, magic))
    throw malformed('It does not begin as NumPy’s array files do.', { ...context, offset });
  const reader = new ByteReader(prefix.subarray(magic.length), offset + magic.length, context);
  const version = reader.u8();
  reader.skip(1);
  const length = version === 1 ? reader.u16() : reader.u32();
  if (version >= 1 && version <= 3 && length <= maxHeaderBytes) return magic.length + reader.position + length;
  throw malformed(`It has a header of version ${version} and ${length} bytes, which NumPy does not write.`, {
    ...context,
    offset,
  });
}

/**
 * @param bytes as many as `headerLength` says
 * @param size of the array file
 * @throws CheckpointError `malformed-file`
 */
export function readHeader(bytes: Uint8Array, size: number, context: ErrorContext): ArrayHeader {
  const text = new TextDecoder('latin1').decode(bytes.subarray(magic.length + 2));
  const { descr, isFortran, shape } = parse(text, context);
  const dataStart = bytes.length;
  const strides = isFortran ? columnStrides(shape) : contiguousStrides(shape);
  const [order = '', code = ''] = [descr.slice(0, 1), descr.slice(1)];
  const dtype = numpyDtypes.get(code) ?? 'OPAQUE';
  if (dtype === 'OPAQUE') {
    return { dtype, byteOrder: 'either', shape, strides, dataStart, byteLength: 0, readOnly: reasonFor(descr) };
  }
  const width = bitsOf(dtype) / 8;
  // A product of numbers that are each beyond the file is no size.
  const byteLength = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, width);
  if (!(byteLength <= size - dataStart)) {
    throw malformed(
      `It should hold ${countInWords(byteLength)} bytes of shape [${shape.join(', ')}], but has ${size - dataStart}.`,
      {
        ...context,
        advice: 'The file is probably cut short: download or copy it again.',
      },
    );
  }
  const byteOrder = width === 1 ? 'either' : order === '>' ? 'big' : 'little';
  return { dtype, byteOrder, shape, strides, dataStart, byteLength };
}

/** The text of a Python dictionary with exactly these keys. */
function parse(text: string, context: ErrorContext): { descr: string; isFortran: boolean; shape: number[] } {
  const descr = /'descr':\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  const shape = sizes?.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number.parseInt(size, 10)]));
  if (descr && order && shape && shape.length <= maxRank && shape.every(Number.isSafeInteger)) {
    return { descr: descr[1] ?? '[', isFortran: order === 'True', shape };
  }
  throw malformed('Its header does not give type, order and shape as NumPy writes them.', context);
}

function reasonFor(descr: string): string {
  if (/^.?O/.test(descr)) return 'an object array: a pickle, which may name any code, and stays shut';
  if (descr === '[') return 'its elements have fields of several types';
  if (/^.?[SUa]/.test(descr)) return 'strings: not floating point';
  return `its NumPy type ${descr.slice(0, 20)} is none that Secateur knows`;
}
