/** Remarks on a pickle's tensors that are not what a state dict usually holds. */
import { isPrunableDtype } from '../../tensors/dtype';
import type { Note } from '../format';
import { insidePickle } from './numpyArrays';
import type { FoundTensor } from './walk';

/** Says of shards that they are shards. */
export function tensorNotes(found: readonly FoundTensor[]): Note[] {
  const shards = found.filter(({ tensor }) => tensor.shardOf !== undefined);
  const [first] = shards;
  if (!first) return [];
  const isPart = ({ tensor: { shape, shardOf = [] } }: FoundTensor) => shape.join() !== shardOf.join();
  const part = shards.find(isPart);
  const names = shards.length === 1 ? '1 tensor is' : `${shards.length} tensors are`;
  const example = part ?? first;
  const sizes = part
    ? `${example.name} is [${example.tensor.shape.join(', ')}] of [${example.tensor.shardOf?.join(', ')}]`
    : 'here each is whole';
  return [
    {
      severity: part ? 'warning' : 'info',
      text: `${names} distributed (DTensor): the file holds the shard of one process, and that is what is shown and pruned (${sizes}).`,
    },
  ];
}

const onlyArrays =
  'Its weights are NumPy arrays inside the pickle, where nothing can be changed in place: load it with torch.load(…, weights_only=False), turn each array into a tensor with torch.from_numpy and save that with torch.save.';

/** A state dict of NumPy's arrays alone. */
export function readOnlyArrays(found: readonly FoundTensor[]): { readonly readOnly?: string } {
  const weights = found.filter(({ tensor }) => isPrunableDtype(tensor.dtype));
  const isArrays = weights.length > 0 && weights.every(({ tensor }) => tensor.readOnly === insidePickle);
  return isArrays ? { readOnly: onlyArrays } : {};
}
