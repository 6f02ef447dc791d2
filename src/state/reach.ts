/** What the editor shows and what an edit reaches: one answer for the handle, its fields, the panel of methods and the recipe. */
import { at } from '../lib/known';
import type { Recipe } from '../pruning/recipe';
import { isDecided, type Outcome, type Resolution } from '../pruning/resolution';
import { type Followers, followersIn } from '../pruning/twins';
import { isPrunableDtype, type PrunableDtype } from '../tensors/dtype';
import { ownersNamed } from '../tensors/owners';
import type { TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { CheckpointSlice, Layer } from './checkpointSlice';
import type { EditScope, SelectionSlice } from './selectionSlice';

const noFollowers: Followers['originals'] = new Map();

/** A tensor that was measured. */
export interface MeasuredLayer extends Layer {
  readonly dtype: PrunableDtype;
  readonly statistics: TensorStatistics;
}

export function isMeasured(layer: Layer): layer is MeasuredLayer {
  return layer.statistics !== undefined && isPrunableDtype(layer.dtype);
}

/** The layer that the editor shows: the one selected last. */
export function shownLayer({
  checkpoint,
  selection,
}: Pick<CheckpointSlice, 'checkpoint'> & Pick<SelectionSlice, 'selection'>): Layer | undefined {
  const id = selection.at(-1);
  return id === undefined ? undefined : checkpoint?.layers[id];
}

/** Whether edits are meant for more than the layer shown. */
export function isOfSeveral({ editScope, selection }: SelectionSlice): boolean {
  return editScope === 'model' || (editScope === 'selected' && selection.length > 1);
}

/**
 * The tensors that an edit reaches, each storage once, in file order: those of the scope that some rule decides for, and that
 * are not locked. Of a
 * copy that takes the masks of a model, the tensors of that model.
 *
 * @param layers of the checkpoint: an id is an index
 * @param originals by tensor of such a copy: whose mask it takes
 */
export function layersInScope(
  layers: readonly Layer[],
  selection: readonly TensorId[],
  scope: EditScope,
  outcomes: ReadonlyMap<TensorId, Outcome>,
  originals: Followers['originals'] = noFollowers,
): MeasuredLayer[] {
  const reached = (layer: Layer): layer is MeasuredLayer =>
    isMeasured(layer) && !layer.locked && isDecided(outcomes, layer.id) && !originals.has(layer.id);
  if (scope === 'model') return layers.filter(reached);
  const named = ownersNamed(scope === 'layer' ? selection.slice(-1) : selection, layers);
  const ranked = new Set(named.map((owner) => at(layers, originals.get(owner.id)?.id ?? owner.id)));
  return layers.filter((layer) => ranked.has(layer)).filter(reached);
}

interface Reaching
  extends Pick<CheckpointSlice, 'checkpoint' | 'candidates'>,
    Pick<SelectionSlice, 'selection' | 'editScope'> {
  readonly recipe: Recipe;
  readonly settled: Resolution;
}

/** What an edit reaches now, by the committed recipe: the same list as long as it is the same. */
export function layersReached(state: Reaching): MeasuredLayer[] {
  const { checkpoint, recipe, candidates, selection, editScope, settled } = state;
  // A drag asks in every frame, for each part of the screen, and changes none of it.
  const asked = [checkpoint?.layers, recipe.twins, candidates, selection, editScope, settled.outcomes];
  if (last?.asked.every((each, i) => each === asked[i])) return last.reached;
  const { originals } = followersIn(recipe, candidates);
  const reached = layersInScope(checkpoint?.layers ?? [], selection, editScope, settled.outcomes, originals);
  last = { asked, reached };
  return reached;
}

let last: { readonly asked: readonly unknown[]; readonly reached: MeasuredLayer[] } | undefined;
