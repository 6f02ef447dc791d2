/** One row of the Layers table: a tensor, and whose weights it shows. */
import type { Outcome } from '../../pruning/resolution';
import type { Layer } from '../../state/studio';
import type { TensorId } from '../../tensors/tensor';

export interface LayerRow {
  readonly layer: Layer;
  /** The tensor whose weights these are; itself, unless it is tied or a view. */
  readonly owner: Layer;
  /** Other names of its weights. */
  readonly aliases: readonly string[];
  /** Shown before the name, '' where all tensors sit in one container. */
  readonly container: string;
}

/** A row and what the committed recipe does to it, to sort by. */
export interface ResolvedRow {
  readonly row: LayerRow;
  /** Absent: no rule decides for it. */
  readonly outcome: Outcome | undefined;
}

/** Rows in file order. `layers` are a checkpoint's, so that an id is an index. */
export function rowsOf(layers: readonly Layer[]): LayerRow[] {
  const severalContainers = layers.some((layer) => layer.container !== layers[0]!.container);
  return layers.map((layer) => ({
    layer,
    owner: layers[ownerIdOf(layer)]!,
    aliases: layer.alsoNamed.map((id) => layers[id]!.name),
    container: severalContainers ? layer.container : '',
  }));
}

/** Rows stay the same objects whatever the outcomes, so that those in view are not drawn again for them. */
export function resolvedRows(rows: readonly LayerRow[], outcomes: ReadonlyMap<TensorId, Outcome>): ResolvedRow[] {
  return rows.map((row) => ({ row, outcome: outcomes.get(row.layer.id) }));
}

/** The tensor that is selected, switched and pruned where this name is meant. */
export function ownerIdOf(layer: Layer): TensorId {
  return layer.sameAs ?? layer.id;
}

/** The tensors whose weights are meant by these names, each once and in their order. */
export function ownersOf(ids: readonly TensorId[], layers: readonly Layer[]): Layer[] {
  return [...new Set(ids.map((id) => ownerIdOf(layers[id]!)))].map((id) => layers[id]!);
}

/** Why a row is out, as short as a cell: `normalisation: off`. */
export function shortReason(layer: Layer): string {
  return layer.reason?.replace(/: off by default$/, ': off') ?? 'switched off';
}
