/** The picture of a preset: what share of each layer is zero after it, on the open checkpoint. */
import { CheckpointError } from '../../lib/errors';
import type { Preset } from '../../pruning/presets';
import type { Candidate, Request, Resolution } from '../../pruning/resolution';
import type { StudioState } from '../../state/studio';
import { inNetworkOrder } from '../../tensors/layerOrder';

export type Picture =
  | {
      readonly kind: 'shown';
      /** Of each layer that is in, in network order where there is one, 0 to 1. */
      readonly sparsities: readonly number[];
      /** Of all their weights. */
      readonly overall: number;
      /** Only a pass over the weights will tell; until then all layers look alike. */
      readonly needsPass: boolean;
    }
  | { readonly kind: 'refused'; readonly why: string };

export function pictureOf(
  preset: Preset,
  { checkpoint, recipe, candidates, preview }: Pick<StudioState, 'checkpoint' | 'recipe' | 'candidates' | 'preview'>,
): Picture {
  try {
    const shown = inNetworkOrder(candidates, checkpoint ?? {}, ({ id }) => id);
    const resolution = preview(preset.apply(recipe, candidates));
    return { kind: 'shown', ...sparsitiesOf(shown, resolution), needsPass: resolution.pending.some(takesPass) };
  } catch (error) {
    if (error instanceof CheckpointError) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** Shares of zeros of the layers that are in, and of all their weights. */
export function sparsitiesOf(candidates: readonly Candidate[], { outcomes }: Resolution) {
  const sparsities: number[] = [];
  let [weights, zeros] = [0, 0];
  for (const { id, statistics } of candidates) {
    const outcome = outcomes.get(id);
    if (!outcome || statistics.count === 0) continue;
    sparsities.push(outcome.zeros / statistics.count);
    weights += statistics.count;
    zeros += outcome.zeros;
  }
  return { sparsities, overall: weights === 0 ? 0 : zeros / weights };
}

/** A look into a bin, or a count of zeros, changes no picture. */
function takesPass({ kind }: Request): boolean {
  return kind === 'scores' || kind === 'energies';
}
