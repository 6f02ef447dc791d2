/** Rows that are off and hardly ever wanted, which fold away so that the weights are seen. */
import type { Layer } from '../../state/checkpointSlice';
import type { LayerKind, TensorId } from '../../tensors/tensor';
import { type KindGroup, kindGroups } from './kinds';
import type { LayerRow } from './rows';

const foldingKinds: ReadonlySet<LayerKind> = new Set(['bias', 'norm', 'buffer', 'integer', 'optimizer']);

/** Integers in a table of as many may be quantised weights: a person looks for them. */
const largeTable = 4096;

/** Fewer rows than this take no more room than the button in their place. */
const fewest = 3;

/** Whether a tensor is of a kind that folds, as long as nothing prunes it. What may be weights never does. */
export function isFolding({ kind, shape, numel }: Pick<Layer, 'kind' | 'shape' | 'numel'>): boolean {
  // A single number (an exporter's constant) is no layer's weights, whatever it is called.
  if (!foldingKinds.has(kind)) return numel === 1;
  return kind !== 'integer' || numel < largeTable || shape.filter((size) => size > 1).length < 2;
}

/** Tensors whose rows fold: none where that leaves no row, or hardly makes the table shorter. */
export function foldedIn(rows: readonly LayerRow[], isIn: (id: TensorId) => boolean): ReadonlySet<TensorId> {
  const folded = rows.filter(({ layer, owner }) => isFolding(layer) && !isIn(owner.id));
  const isWorthIt = folded.length >= fewest && folded.length < rows.length;
  return new Set(isWorthIt ? folded.map(({ layer }) => layer.id) : []);
}

/** What kinds they are, the most first: `41 norm, 21 bias`. */
export function foldedKinds(layers: readonly Layer[]): readonly KindGroup[] {
  return kindGroups(layers).sort((a, b) => b.layers.length - a.layers.length);
}
