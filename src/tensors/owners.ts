/** Names of weights: of tied tensors and views, the tensor that owns what they show. */
import { at } from '../lib/known';
import type { TensorId } from './tensor';

/** A name of weights. */
export interface Name {
  readonly id: TensorId;
  /** The tensor whose weights these are, where this is only another name for them. */
  readonly sameAs?: TensorId;
}

/** The tensor that is selected, switched and pruned where this name is meant. */
export function ownerIdOf({ id, sameAs }: Name): TensorId {
  return sameAs ?? id;
}

/** @param tensors of the checkpoint: an id is an index */
export function ownerOf<Tensor extends Name>(name: Tensor, tensors: readonly Tensor[]): Tensor {
  return name.sameAs === undefined ? name : at(tensors, name.sameAs);
}

/** The tensors whose weights are meant by these names, each once and in their order. */
export function ownersNamed<Tensor extends Name>(names: readonly TensorId[], tensors: readonly Tensor[]): Tensor[] {
  return [...new Set(names.map((id) => ownerOf(at(tensors, id), tensors)))];
}
