/** Tensors that a graph has no longer, because its exporter folded batch norm into the layers before. */
import type { TensorId } from '../tensors/tensor';
import type { CheckpointTensor, Pairing } from './protocol';

interface Folded {
  readonly tensor: CheckpointTensor;
  readonly factors?: Float64Array;
}

type Unmatched = Pairing['unmatched'][number];

/**
 * The norms whose factor, γ / √(σ² + ε) of each output, is that of a layer that was found folded; and the layer's own bias, to
 * which the norm's shift was added.
 * @param vectors of those that were not found, by tensor
 */
export function normsFoldedIn(
  found: readonly Folded[],
  unmatched: readonly Unmatched[],
  vectors: ReadonlyMap<TensorId, Float32Array>,
): Pairing['foldedIn'] {
  const layers = found.flatMap(({ tensor, factors }) => (factors ? [{ name: tensor.name, factors }] : []));
  const byName = new Map(unmatched.map((each) => [each.name, each]));
  const foldedIn: Pairing['foldedIn'][number][] = [];
  const add = (name: string, layer: string) => {
    const each = byName.get(name);
    if (each) foldedIn.push({ tensor: each.tensor, name, layer });
  };
  for (const { name } of layers) add(`${stemOf(name)}.bias`, name);
  // Of a network as it was made all factors are alike: a layer has one norm, and they come in the same order.
  const taken = new Set<string>();
  for (const { tensor, name } of unmatched) {
    if (!name.endsWith('running_var')) continue;
    const norm = stemOf(name);
    const variance = vectors.get(tensor);
    const scale = byName.get(`${norm}.weight`);
    const gamma = scale && vectors.get(scale.tensor);
    const layer = variance && layers.find((each) => !taken.has(each.name) && areOf(each.factors, variance, gamma));
    if (!layer) continue;
    taken.add(layer.name);
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) add(`${norm}.${part}`, layer.name);
  }
  return foldedIn;
}

function stemOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

/** ε is 10⁻⁵ in PyTorch and 10⁻³ in TensorFlow; nobody takes more. */
const mostEpsilon = 1e-2;
/** Of factors that were found from weights in f32. */
const tolerance = 1e-3;

/** @param gamma absent: all 1 */
function areOf(factors: Float64Array, variance: Float32Array, gamma: Float32Array | undefined): boolean {
  if (factors.length !== variance.length) return false;
  return factors.every((factor, i) => {
    // A row of zeros tells no factor.
    if (factor === 0) return true;
    const scale = gamma?.[i] ?? 1;
    const least = Math.abs(scale) / Math.sqrt((variance[i] ?? 0) + mostEpsilon);
    const most = Math.abs(scale) / Math.sqrt(variance[i] ?? 0);
    return (
      Math.sign(factor) === Math.sign(scale) &&
      Math.abs(factor) >= least * (1 - tolerance) &&
      Math.abs(factor) <= most * (1 + tolerance)
    );
  });
}
