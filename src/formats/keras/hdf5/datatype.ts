/** What the elements of a dataset or attribute are. */
import type { Dtype } from '../../../tensors/dtype';
import type { Hdf5File } from './file';

export type ElementType =
  | { readonly kind: 'number'; readonly dtype: Dtype; readonly size: number; readonly bigEndian: boolean }
  /** Text of so many bytes an element. */
  | { readonly kind: 'text'; readonly size: number }
  /** Text of any length, in heaps of the file. */
  | { readonly kind: 'heap text'; readonly size: number }
  | { readonly kind: 'other'; readonly size: number };

const classes = { fixed: 0, float: 1, string: 3, opaque: 5, enumeration: 8, variable: 9 } as const;

export function elementTypeOf(file: Hdf5File, view: DataView): ElementType {
  if (view.byteLength < 8) throw file.fault('A datatype has fewer than 8 bytes');
  const kind = view.getUint8(0) & 15;
  const bits = view.getUint8(1);
  const size = view.getUint32(4, true);
  const bigEndian = (bits & 1) === 1;
  switch (kind) {
    case classes.fixed:
      return integer(size, (bits & 8) !== 0, bigEndian);
    case classes.float:
      return view.byteLength >= 20 ? float(view, size, bigEndian) : { kind: 'other', size };
    case classes.string:
      return { kind: 'text', size };
    case classes.enumeration:
      // What h5py makes of booleans.
      return size === 1 ? { kind: 'number', dtype: 'BOOL', size, bigEndian } : { kind: 'other', size };
    case classes.variable:
      return (bits & 15) === 1 ? { kind: 'heap text', size } : { kind: 'other', size };
    default:
      return { kind: 'other', size };
  }
}

const signed = new Map<number, Dtype>([
  [1, 'I8'],
  [2, 'I16'],
  [4, 'I32'],
  [8, 'I64'],
]);
const unsigned = new Map<number, Dtype>([
  [1, 'U8'],
  [2, 'U16'],
  [4, 'U32'],
  [8, 'U64'],
]);

function integer(size: number, isSigned: boolean, bigEndian: boolean): ElementType {
  const dtype = (isSigned ? signed : unsigned).get(size);
  return dtype ? { kind: 'number', dtype, size, bigEndian } : { kind: 'other', size };
}

/** By the bits of exponent and fraction: 2 bytes may be f16 or bf16. */
const floats = new Map<string, Dtype>([
  ['8 11 52', 'F64'],
  ['4 8 23', 'F32'],
  ['2 5 10', 'F16'],
  ['2 8 7', 'BF16'],
]);

function float(view: DataView, size: number, bigEndian: boolean): ElementType {
  const [exponent, fraction] = [view.getUint8(13), view.getUint8(15)];
  const isVax = (view.getUint8(1) & 0x40) !== 0;
  const dtype = isVax ? undefined : floats.get(`${size} ${exponent} ${fraction}`);
  return dtype ? { kind: 'number', dtype, size, bigEndian } : { kind: 'other', size };
}

/** Sizes of a dataspace; none for a single element. @returns undefined where it holds nothing */
export function shapeOf(file: Hdf5File, view: DataView): number[] | undefined {
  const version = view.byteLength > 0 ? view.getUint8(0) : 0;
  if (version !== 1 && version !== 2) throw file.fault(`A dataspace is of version ${version}`);
  if (version === 2 && view.byteLength > 3 && view.getUint8(3) === 2) return undefined;
  const rank = view.getUint8(1);
  const start = version === 1 ? 8 : 4;
  if (rank > 32 || start + 8 * rank > view.byteLength) throw file.fault(`A dataspace says it has ${rank} dimensions`);
  const shape = Array.from({ length: rank }, (_, axis) => Number(view.getBigUint64(start + 8 * axis, true)));
  if (!Number.isSafeInteger(shape.reduce((product, size) => product * size, 1)) && !shape.includes(0)) {
    throw file.fault(`A dataspace has the sizes ${shape.join(' × ')}`);
  }
  return shape;
}
