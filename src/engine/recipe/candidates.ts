/** The layers as pruning sees them. */
import { at } from '../../lib/known';
import type { Channels } from '../../pruning/channels';
import type { Candidate } from '../../pruning/resolution';
import { isPrunableDtype } from '../../tensors/dtype';
import type { TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';

/** Tensors of which more is known than their own weights. */
export interface Known {
  /** A reference checkpoint holds them. */
  readonly references?: ReadonlySet<TensorId>;
  /** The norms of their inputs were measured. */
  readonly inputNorms?: { has(tensor: TensorId): boolean };
  /** Their moments were. */
  readonly inputMoments?: { has(tensor: TensorId): boolean };
  /** A graph tells which channels go together. */
  readonly channels?: Channels | undefined;
}

/** One candidate per prunable layer, in file order. */
export function candidatesOf(
  layers: readonly Layer[],
  { references, inputNorms, inputMoments, channels }: Known = {},
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const layer of layers) {
    if (!layer.prunable || !layer.statistics || !isPrunableDtype(layer.dtype)) continue;
    const { id, name, kind, dtype, shape, axes, model, nameInModel, byDefault, statistics } = layer;
    candidates.push({
      id,
      name,
      aliases: layer.alsoNamed.map((other) => at(layers, other).name),
      kind,
      dtype,
      shape,
      ...(axes && { axes }),
      ...(model !== undefined && { model }),
      ...(nameInModel !== undefined && { nameInModel }),
      byDefault,
      ...(layer.locked && { locked: true }),
      statistics,
      ...(references?.has(id) && { reference: true }),
      ...(inputNorms?.has(id) && { inputNorms: true }),
      ...(channels && { channels }),
      ...(inputMoments?.has(id) && { inputMoments: true }),
    });
  }
  return candidates;
}
