import { formatPercent } from '../../../lib/numbers';
import { lockedIn } from '../../../state/locks';
import { studio } from '../../../state/store';
import type { TensorId } from '../../../tensors/tensor';
import { say, sayWithUndo } from '../../parts/undoToast';

/** Chooses a layer and prunes that share of it: one history entry, which is said, for it changes the recipe. */
export function placeSparsity(tensor: TensorId, sparsity: number): void {
  const { checkpoint, recipe, select, setEditScope, setTargetSparsity } = studio.getState();
  const name = checkpoint?.layers[tensor]?.name ?? '';
  select([tensor], 'only');
  setEditScope('layer');
  if (checkpoint && lockedIn(recipe, checkpoint.layers).has(tensor)) {
    say(`${name} is locked and stays as it is.`);
    return;
  }
  setTargetSparsity(sparsity);
  sayWithUndo(`${name} is pruned by ${formatPercent(sparsity)} now.`);
}
