/**
 * Tensor subclasses that wrap other tensors (DTensor, torchao's, `torch.testing`'s TwoTensor): PyTorch pickles their dtype
 * and size and, as their state, the tensors inside (torch/_tensor.py, `__reduce_ex__`; torch/_utils.py,
 * `_rebuild_wrapper_subclass`).
 */
import type { Dtype } from '../../tensors/dtype';
import { contiguousStrides, numelOf } from '../../tensors/tensor';
import { type PyValue, Ref } from './pickle/values';
import { edgesOf, isContainer, type PyContainer, statesOf } from './structure';
import { TensorValue } from './tensorValue';

const wrapper = 'a tensor subclass without a storage of its own';

/** So many values of a state are looked at. */
const maxLooks = 256;

/** @param size of the tensor as its class shows it */
export function subclassTensor(
  cls: PyValue | undefined,
  dtype: Dtype,
  size: readonly number[],
  state: PyValue,
): TensorValue {
  const shard = shardIn(cls, state);
  if (shard) return shard.asShardOf(size);
  const inside = tensorsIn(state);
  const alike = inside.filter((tensor) => tensor.dtype === dtype && numelOf(tensor.shape) === numelOf(size));
  const [only] = alike;
  if (only && alike.length === 1 && sameShape(only.shape, size)) return only;
  return new TensorValue(
    { dtype, shape: size, strides: contiguousStrides(size) },
    { readOnly: reasonFor(cls, inside) },
  );
}

/** A DTensor's `_local_tensor`; the one shard of a ShardedTensor that has one. */
function shardIn(cls: PyValue | undefined, state: PyValue): TensorValue | undefined {
  if (!(cls instanceof Ref) || !cls.module.startsWith('torch.distributed.')) return undefined;
  if (/(^|\.)DTensor$/.test(cls.name)) {
    for (const attributes of statesOf(state)) {
      const local = attributes.get('_local_tensor');
      if (local instanceof TensorValue) return local;
    }
  }
  if (!/(^|\.)ShardedTensor(Base)?$/.test(cls.name)) return undefined;
  const shards = tensorsIn(state);
  return shards.length === 1 ? shards[0] : undefined;
}

function reasonFor(cls: PyValue | undefined, inside: readonly TensorValue[]): string {
  if (inside.length === 0) return wrapper;
  const name = cls instanceof Ref ? cls.name.slice(0, 100) : 'tensor subclass';
  const tensors = inside.length === 1 ? 'another tensor' : `${inside.length} tensors`;
  return `its values are made from ${tensors} inside it (its class is ${name}), which Secateur does not patch`;
}

/** The tensors that a state holds, however deep. */
function tensorsIn(state: PyValue): TensorValue[] {
  const found = new Set<TensorValue>();
  if (state instanceof TensorValue) found.add(state);
  const seen = new Set<PyContainer>(isContainer(state) ? [state] : []);
  let looks = 0;
  // A Set grows while it is walked, and the walk goes on into what was added.
  for (const container of seen) {
    for (const { value } of edgesOf(container)) {
      if (++looks > maxLooks) return [...found];
      if (value instanceof TensorValue) found.add(value);
      else if (isContainer(value)) seen.add(value);
    }
  }
  return [...found];
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
