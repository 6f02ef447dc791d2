/** What a person says of tensors, as edits of the recipe. */
import { asJudged, setAxes, setKind } from '../pruning/editLayers';
import { exactPattern, matchGlob } from '../pruning/glob';
import type { Recipe } from '../pruning/recipe';
import type { LayerEntry } from '../pruning/recipeHead';
import { sameAxes } from '../tensors/axes';
import type { Layer } from './checkpointSlice';

/** Kind, or outputs and inputs, or all of them. */
export type Said = Omit<LayerEntry, 'tensors'>;

/** @param tensors patterns on names; what was said of the same patterns before is forgotten */
export function withSaid(recipe: Recipe, tensors: readonly string[], { kind, outputs, inputs }: Said): Recipe {
  const cleared = asJudged(recipe, tensors);
  const ofKind = kind ? setKind(cleared, tensors, kind) : cleared;
  return outputs && inputs ? setAxes(ofKind, tensors, { outputs, inputs }) : ofKind;
}

/**
 * Tensors are what the file says again. Where a wider pattern means one of them, too, what the file says is said of it.
 * @param see the layers as a recipe has them
 */
export function withoutSaid(
  recipe: Recipe,
  tensors: readonly string[],
  opened: readonly Layer[],
  see: (recipe: Recipe) => readonly Layer[],
): Recipe {
  const cleared = asJudged(recipe, tensors);
  const layers = see(cleared);
  const groups = new Map<string, { readonly names: string[]; readonly said: Said }>();
  for (const layer of opened) {
    if (!tensors.some((pattern) => matchGlob(pattern, layer.name)) || !isByHand(layers[layer.id]!, layer)) continue;
    const { kind, axes } = layer;
    const said: Said = { kind, ...(axes && { outputs: axes.outputs, inputs: axes.inputs }) };
    const key = JSON.stringify(said);
    const group = groups.get(key);
    if (group) group.names.push(exactPattern(layer.name));
    else groups.set(key, { names: [exactPattern(layer.name)], said });
  }
  let changed = cleared;
  for (const { names, said } of groups.values()) changed = withSaid(changed, names, said);
  return changed;
}

/** Whether a person said what it is, otherwise than the file. */
export function isByHand(layer: Meant, asOpened: Meant | undefined): boolean {
  return asOpened !== undefined && (layer.kind !== asOpened.kind || !sameAxes(layer.axes, asOpened.axes));
}

type Meant = Pick<Layer, 'kind' | 'axes'>;
