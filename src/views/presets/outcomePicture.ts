/** The picture of a preset: what share of each layer is zero after it, on the open checkpoint. */
import { CheckpointError } from '../../lib/errors';
import type { Preset } from '../../pruning/presets';
import type { Candidate, Request, Resolution } from '../../pruning/resolution';
import type { Evaluation, MetricId } from '../../state/evaluation';
import { isBetter, metricValue } from '../../state/metrics';
import type { StudioState } from '../../state/studio';
import { inNetworkOrder } from '../../tensors/layerOrder';

type Shown = Pick<StudioState, 'checkpoint' | 'recipe' | 'candidates' | 'preview' | 'evaluation'>;

export type Picture =
  | {
      readonly kind: 'shown';
      /** Of each layer that is in, in network order where there is one, 0 to 1. */
      readonly sparsities: readonly number[];
      /** Of all their weights. */
      readonly overall: number;
      /** Only a pass over the weights will tell; until then all layers look alike. */
      readonly needsPass: boolean;
      /** The same recipe was evaluated: what it came to. */
      readonly evaluation?: Evaluation;
    }
  | { readonly kind: 'refused'; readonly why: string };

export function pictureOf(
  preset: Preset,
  { checkpoint, recipe, candidates, preview, evaluation: { trail } }: Shown,
): Picture {
  try {
    const shown = inNetworkOrder(candidates, checkpoint ?? {}, ({ id }) => id);
    const applied = preset.apply(recipe, candidates, checkpoint?.heads);
    const resolution = preview(applied);
    const text = JSON.stringify(applied);
    const evaluated = trail.find((point) => JSON.stringify(point.recipe) === text);
    return {
      kind: 'shown',
      ...sparsitiesOf(shown, resolution),
      needsPass: resolution.pending.some(takesPass),
      ...(evaluated && { evaluation: evaluated.evaluation }),
    };
  } catch (error) {
    if (error instanceof CheckpointError) return { kind: 'refused', why: error.message };
    throw error;
  }
}

export interface Pictured {
  readonly preset: Preset;
  readonly picture: Picture;
}

/** Those that were evaluated first, the least harm before the others; the rest by how much goes. */
export function byHarm(pictures: readonly Pictured[], metric: MetricId): Pictured[] {
  const harmOf = ({ picture }: Pictured) => {
    const value = picture.kind === 'shown' && picture.evaluation && metricValue(picture.evaluation, metric);
    return typeof value === 'number' ? value : undefined;
  };
  const shareOf = ({ picture }: Pictured) => (picture.kind === 'shown' ? picture.overall : 1);
  return pictures.toSorted((a, b) => {
    const [one, other] = [harmOf(a), harmOf(b)];
    if (one === undefined || other === undefined) {
      return Number(one === undefined) - Number(other === undefined) || shareOf(a) - shareOf(b);
    }
    return Number(isBetter(metric, other, one)) - Number(isBetter(metric, one, other)) || shareOf(a) - shareOf(b);
  });
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
