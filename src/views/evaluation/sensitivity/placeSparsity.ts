import { studio } from '../../../state/store';
import type { TensorId } from '../../../tensors/tensor';

/** Chooses a layer and prunes that share of it: one history entry. */
export function placeSparsity(tensor: TensorId, sparsity: number): void {
  const { select, setEditScope, setTargetSparsity } = studio.getState();
  select([tensor], 'only');
  setEditScope('layer');
  setTargetSparsity(sparsity);
}
