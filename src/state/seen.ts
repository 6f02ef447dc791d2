/** The open checkpoint as a recipe has it: what its tensors are may be set by hand there. */
import type { OpenedCheckpoint } from '../engine/opened';
import { candidatesOf } from '../engine/recipe/candidates';
import { overruled } from '../engine/recipe/overruled';
import { at, known } from '../lib/known';
import type { Recipe } from '../pruning/recipe';
import type { Candidate } from '../pruning/resolution';
import { sameAxes } from '../tensors/axes';
import type { CheckpointSlice } from './checkpointSlice';

export interface Seen {
  readonly checkpoint: OpenedCheckpoint | null;
  readonly candidates: readonly Candidate[];
}

type Known = Pick<CheckpointSlice, 'opened' | 'reference' | 'inputNorms' | 'inputMoments' | 'channels'>;

/**
 * Nothing is made anew as long as nothing of it changes: a drag asks in every frame, and rows hang on the layers.
 * @param get what is known of the open file
 */
export function createSeeing(get: () => Known): (recipe: Recipe) => Seen {
  let layersSeen: { readonly opened: OpenedCheckpoint; readonly said: string; readonly checkpoint: OpenedCheckpoint };
  let seen: (Known & { readonly checkpoint: OpenedCheckpoint; readonly candidates: readonly Candidate[] }) | undefined;

  const checkpointFor = (opened: OpenedCheckpoint, recipe: Recipe): OpenedCheckpoint => {
    const said = JSON.stringify([recipe.layers, recipe.locked]);
    if (layersSeen?.opened !== opened || layersSeen.said !== said) {
      const layers = overruled(opened.layers, recipe);
      layersSeen = { opened, said, checkpoint: layers === opened.layers ? opened : { ...opened, layers } };
    }
    return layersSeen.checkpoint;
  };

  return (recipe) => {
    const { opened, reference, inputNorms, inputMoments, channels } = get();
    if (!opened) return { checkpoint: null, candidates: [] };
    const checkpoint = checkpointFor(opened, recipe);
    const isSame =
      seen?.checkpoint === checkpoint &&
      seen.reference === reference &&
      seen.inputNorms === inputNorms &&
      seen.inputMoments === inputMoments &&
      seen.channels === channels;
    if (!seen || !isSame) {
      const { layers } = checkpoint;
      const candidates = candidatesOf(layers, {
        references: new Set(reference?.matched),
        channels,
        // They belong to the dimension along which they were collected.
        inputNorms: { has: (id) => inputNorms.has(id) && sameAxes(known(inputNorms, id).axes, at(layers, id).axes) },
        inputMoments: {
          has: (id) => inputMoments.has(id) && sameAxes(known(inputMoments, id).axes, at(layers, id).axes),
        },
      });
      seen = { opened, reference, inputNorms, inputMoments, channels, checkpoint, candidates };
    }
    return seen;
  };
}
