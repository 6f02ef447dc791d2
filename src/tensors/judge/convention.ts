/** In which order a library keeps the dimensions of its weights. */
import type { Entry } from './stateDict';

/**
 * `pytorch` (outputs, inputs, kernel), `flax` and `tensorflow` (kernel, inputs, outputs), `mlx` (outputs, kernel, inputs);
 * `graph` names of a graph's tensors, which only its operators can make weights of.
 */
export type Convention = 'pytorch' | 'flax' | 'tensorflow' | 'mlx' | 'graph';

/** From names alone: TensorFlow's end in `:0`; flax has `kernel` where PyTorch has `weight`. */
export function conventionOf(entries: readonly Entry[]): Convention {
  if (entries.some(({ name }) => /:\d+$/.test(name))) return 'tensorflow';
  const leaves = new Set(entries.filter(({ shape }) => shape.length > 1).map(({ path }) => path.leaf));
  return leaves.has('kernel') && !leaves.has('weight') ? 'flax' : 'pytorch';
}
