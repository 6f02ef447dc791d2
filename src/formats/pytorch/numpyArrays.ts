/**
 * NumPy's arrays in a pickle. `_reconstruct` makes an empty one, whose state is (version, shape, dtype, Fortran order, bytes)
 * (numpy/_core/src/multiarray/methods.c, `array_reduce`); with protocol 5 `_frombuffer` takes (bytes, dtype, shape, order).
 */
import type { Dtype } from '../../tensors/dtype';
import { numpyDtypes } from '../../tensors/numpyDtypes';
import { columnStrides, contiguousStrides, numelOf } from '../../tensors/tensor';
import { PyObj, type PyValue, Ref } from './pickle/values';
import { sizesOf, TensorValue } from './tensorValue';

export const insidePickle = 'its weights are inside the pickle (a NumPy array), where nothing is changed';

/** Types that the package ml_dtypes adds. */
const added = new Map<string, Dtype>([
  ['bfloat16', 'BF16'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
]);

/** The array as a tensor that cannot be changed; undefined for anything else, and for arrays of objects. */
export function arrayTensor(object: PyObj): TensorValue | undefined {
  const parts = partsOf(object);
  const dtype = parts && dtypeOf(parts.dtype);
  const shape = parts && sizesOf(parts.shape);
  if (!dtype || !shape || !Number.isSafeInteger(numelOf(shape))) return undefined;
  const strides = parts.fortran ? columnStrides(shape) : contiguousStrides(shape);
  return new TensorValue({ dtype, shape, strides }, { readOnly: insidePickle });
}

interface Parts {
  readonly shape?: PyValue | undefined;
  readonly dtype?: PyValue | undefined;
  readonly fortran: boolean;
}

function partsOf({ cls, args, state }: PyObj): Parts | undefined {
  if (!/^numpy(\._?core)?\./.test(cls.fullName)) return undefined;
  if (cls.name === '_frombuffer') return { dtype: args[1], shape: args[2], fortran: args[3] === 'F' };
  if (cls.name !== '_reconstruct' || !Array.isArray(state) || state.length < 4) return undefined;
  const [shape, dtype, fortran] = state.slice(-4);
  return { shape, dtype, fortran: fortran === true };
}

function dtypeOf(value: PyValue | undefined): Dtype | undefined {
  if (!(value instanceof PyObj) || value.cls.fullName !== 'numpy.dtype') return undefined;
  const [name] = value.args;
  if (name instanceof Ref) return added.get(name.name);
  return typeof name === 'string' ? numpyDtypes.get(name.replace(/^[<>=|]/, '')) : undefined;
}
