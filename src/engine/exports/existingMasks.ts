/** Masks that a file brings along: `X_mask` beside `X_orig`, as torch.nn.utils.prune leaves them, or in a dict of masks. */

import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import { keptByElements } from '../../tensors/maskElements';
import { memoryOrder, reordered } from '../../tensors/memoryOrder';
import type { MaskedPair } from '../../tensors/reparametrised';
import { keysOf } from '../../tensors/stateDictKeys';
import { numelOf, type TensorId } from '../../tensors/tensor';
import { streamUnits } from '../reading/stream';
import type { Session } from '../session';

/** The file's weights that have masks, and what they are called without them. */
export function pairsByOrig({ opened, measurable }: Session): Map<TensorId, MaskedPair> {
  const keys = keysOf(measurable.checkpoint.tensors);
  const pairs = opened.layers.flatMap(({ id: mask, maskOf: orig }): MaskedPair[] => {
    if (orig === undefined) return [];
    const key = at(keys, orig);
    const plain = key.replace(/_orig$/, '');
    return [{ orig, mask, key: keys[mask] === `${plain}_mask` ? plain : key }];
  });
  return new Map(pairs.map((pair) => [pair.orig, pair]));
}

/**
 * What a pair's mask keeps: one byte an element, 1 or 0, in the order in which `X_orig` is stored. A tensor's worth of
 * bytes at once: masks may be stored in another order than their weights.
 * @throws CheckpointError `unsupported-feature` where it holds something else than ones and zeros
 */
export async function existingMask(
  { measurable, units }: Session,
  pair: MaskedPair,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { source, checkpoint } = measurable;
  const orig = at(checkpoint.tensors, pair.orig);
  const mask = at(checkpoint.tensors, pair.mask);
  const about = { tensor: mask.name };
  const unit = units.find(({ tensor }) => tensor === pair.mask);
  if (!unit) throw new CheckpointError('unsupported-feature', `The values of ${mask.name} cannot be read.`, about);
  const bytes = new Uint8Array(numelOf(mask.shape));
  let position = 0;
  const options = { byteOrder: checkpoint.byteOrder, readOnly: true, signal };
  for await (const { elements } of streamUnits(source, [unit], options)) {
    const kept = keptByElements(elements, unit.dtype);
    if (!kept) {
      throw new CheckpointError(
        'unsupported-feature',
        `${mask.name} holds other numbers than 0 and 1: it is no pruning mask.`,
        about,
      );
    }
    bytes.set(kept, position);
    position += kept.length;
  }
  return reordered(bytes, orig.shape, memoryOrder(mask.shape, mask.strides), memoryOrder(orig.shape, orig.strides));
}
