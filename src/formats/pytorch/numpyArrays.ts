/**
 * NumPy's arrays in a pickle. `_reconstruct` makes an empty one, whose state is (version, shape, dtype, Fortran order, bytes)
 * (numpy/_core/src/multiarray/methods.c, `array_reduce`); with protocol 5 `_frombuffer` takes (bytes, dtype, shape, order).
 */
import { bitsOf, type Dtype } from '../../tensors/dtype';
import { numpyDtypes } from '../../tensors/numpyDtypes';
import { columnStrides, contiguousStrides, numelOf } from '../../tensors/tensor';
import { PlacedBytes, PyObj, type PyValue, Ref, textOf } from './pickle/values';
import { StorageValue, sizesOf, TensorValue } from './tensorValue';

export const insidePickle = 'its weights are inside the pickle (a NumPy array), where nothing is changed';

/** Types that the package ml_dtypes adds. */
const added = new Map<string, Dtype>([
  ['bfloat16', 'BF16'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
]);

const bigEndian = 'big-endian within a pickle, where nothing is changed';
const otherLength = 'of another number of bytes than its shape needs';

/**
 * The array as a tensor: in place where its bytes are (see PlacedBytes), else one that cannot be changed. Undefined for anything else,
 * and for arrays of objects.
 */
export function arrayTensor(object: PyObj): TensorValue | undefined {
  const parts = partsOf(object);
  const dtype = parts && dtypeOf(parts.dtype);
  const shape = parts && sizesOf(parts.shape);
  if (!dtype || !shape || !Number.isSafeInteger(numelOf(shape))) return undefined;
  const strides = parts.fortran ? columnStrides(shape) : contiguousStrides(shape);
  const described = { dtype, shape, strides };
  const { data } = parts;
  if (!(data instanceof PlacedBytes)) return new TensorValue(described, { readOnly: insidePickle });
  const itemSize = bitsOf(dtype) / 8;
  const numel = numelOf(shape);
  if (data.length !== numel * itemSize) return new TensorValue(described, { readOnly: otherLength });
  const storage = new StorageValue(String(data.offset), { dtype, itemSize }, numel);
  const isBig = itemSize > 1 && isBigEndian(parts.dtype);
  return new TensorValue(described, { storage, ...(isBig && { readOnly: bigEndian }) });
}

/** Of its state: (version, byte order, …). */
function isBigEndian(dtype: PyValue | undefined): boolean {
  return dtype instanceof PyObj && Array.isArray(dtype.state) && textOf(dtype.state[1]) === '>';
}

interface Parts {
  readonly data?: PyValue | undefined;
  readonly shape?: PyValue | undefined;
  readonly dtype?: PyValue | undefined;
  readonly fortran: boolean;
}

function partsOf({ cls, args, state }: PyObj): Parts | undefined {
  if (!/^numpy(\._?core)?\./.test(cls.fullName)) return undefined;
  if (cls.name === '_frombuffer') return { data: args[0], dtype: args[1], shape: args[2], fortran: args[3] === 'F' };
  if (cls.name !== '_reconstruct' || !Array.isArray(state) || state.length < 4) return undefined;
  const [shape, dtype, fortran, data] = state.slice(-4);
  return { data, shape, dtype, fortran: fortran === true };
}

function dtypeOf(value: PyValue | undefined): Dtype | undefined {
  if (!(value instanceof PyObj) || value.cls.fullName !== 'numpy.dtype') return undefined;
  const [name] = value.args;
  if (name instanceof Ref) return added.get(name.name);
  return numpyDtypes.get(textOf(name)?.replace(/^[<>=|]/, '') ?? '');
}
