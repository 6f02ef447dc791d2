/** NumPy's dtypes by the letters that stand for them, without a byte order (`numpy.dtype(…).str`). */
import type { Dtype } from './dtype';

export const numpyDtypes: ReadonlyMap<string, Dtype> = new Map([
  ['f8', 'F64'],
  ['f4', 'F32'],
  ['f2', 'F16'],
  ['c16', 'C128'],
  ['c8', 'C64'],
  ['i8', 'I64'],
  ['i4', 'I32'],
  ['i2', 'I16'],
  ['i1', 'I8'],
  ['u8', 'U64'],
  ['u4', 'U32'],
  ['u2', 'U16'],
  ['u1', 'U8'],
  ['b1', 'BOOL'],
]);
