/** What several tabs do with layers. */
import { screen } from '../../state/screen';
import { studio } from '../../state/store';
import type { TensorId } from '../../tensors/tensor';

/** Closes the dialog over the layers, selected. */
export function showLayers(tensors: readonly TensorId[]): void {
  const state = studio.getState();
  state.select(tensors, 'only');
  state.setEditScope(tensors.length === 1 ? 'layer' : 'selected');
  screen.getState().close();
}
