/** The state dict that torch.nn.utils.prune leaves before `remove`: `X_orig` and `X_mask` in place of each pruned X. */
import { CheckpointError } from '../../lib/errors';
import { at, known } from '../../lib/known';
import type { Splice } from '../../lib/splice';
import { isPrunableDtype } from '../../tensors/dtype';
import { maskElements } from '../../tensors/maskElements';
import { stridesWithoutGaps } from '../../tensors/memoryOrder';
import { ownerIdOf } from '../../tensors/owners';
import { reparametrisedEntries } from '../../tensors/reparametrised';
import type { TensorId } from '../../tensors/tensor';
import { placeWithin } from '../../tensors/within';
import type { CallContext } from '../callContext';
import type { Session } from '../session';
import { pairsByOrig } from './existingMasks';
import { maskContents } from './maskContents';
import { assertWritable, type NewContent, type NewEntry, newCheckpoint } from './newCheckpoint';
import { repairedSource } from './repairedSource';
import { decided, type ExportSource, type Outcomes } from './source';
import { stateDictsOf } from './stateDicts';

/**
 * Every tensor that some rule decides for becomes a pair, under all of its names. Optimizer state and whatever else a
 * checkpoint holds beside its state dicts is left out. `X_orig` is as the file has it, but where a weight stays and was
 * repaired.
 */
export async function reparametrised(
  exported: ExportSource,
  outcomes: Outcomes,
  context: CallContext,
): Promise<Splice> {
  const { session } = exported;
  assertWritable(session);
  const { tensors, byteOrder } = session.measurable.checkpoint;
  const dtypeOf = (id: TensorId) => {
    const { dtype, name } = at(tensors, id);
    if (!isPrunableDtype(dtype)) throw new CheckpointError('internal', `${name} cannot have a mask.`);
    return dtype;
  };
  const contents = await maskContents(
    exported,
    decided(outcomes),
    { order: 'memory', encode: (kept, id) => maskElements(kept, dtypeOf(id), byteOrder) },
    context,
  );
  const masks = new Map([...contents].map(([id, content]) => [id, { dtype: dtypeOf(id), content }]));
  const { source, changed } = await repairedSource(exported, outcomes, context);
  return newCheckpoint(session, source, entriesWith(session, masks), (storage) => changed.has(storage), context);
}

/** @param masks by the tensor that owns the weights */
function entriesWith(session: Session, masks: ReadonlyMap<TensorId, NewContent>): NewEntry[] {
  const { layers } = session.opened;
  const { tensors } = session.measurable.checkpoint;
  const pairs = pairsByOrig(session);
  const ownerOf = (id: TensorId) => ownerIdOf(at(layers, id));
  /** Weights by the masks that the file has for them already: those get new contents and stay where they are. */
  const weightsOf = new Map([...pairs.values()].map(({ orig, mask }) => [mask, orig]));

  /** The mask of a tensor, or of another name for its weights or for some of them. */
  const viewOf = (id: TensorId): NonNullable<NewEntry['view']> => {
    const { name, shape, strides } = at(tensors, id);
    const owner = ownerOf(id);
    const content = known(masks, owner);
    const isName = id === owner || at(layers, owner).alsoNamed.includes(id);
    const place = isName
      ? { offset: 0, strides: stridesWithoutGaps(shape, strides) }
      : placeWithin(at(tensors, owner), at(tensors, id));
    if (place) return { content, ...place };
    throw new CheckpointError('unsupported-feature', `${name} looks at weights that have gaps between them.`, {
      tensor: name,
      advice: 'Export the masks, or the pruned file itself, in which it stays the view that it is.',
    });
  };

  return stateDictsOf(tensors).flatMap(({ container, members }) => {
    const pruned = new Set(members.flatMap(({ id }) => (masks.has(ownerOf(id)) && !pairs.has(id) ? [id] : [])));
    return reparametrisedEntries(members, pruned).map(({ key, tensor, part }): NewEntry => {
      const weights = part === 'mask' ? tensor : weightsOf.get(tensor);
      const isNew = weights !== undefined && masks.has(ownerOf(weights));
      return { key, container, tensor, ...(isNew ? { view: viewOf(weights) } : {}) };
    });
  });
}
