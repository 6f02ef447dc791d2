/** One row of the Layers table: a tensor, and whose weights it shows. */
import { at } from '../../lib/known';
import type { Outcome } from '../../pruning/resolution';
import type { Layer } from '../../state/checkpointSlice';
import { containersShown } from '../../state/layerTree';
import { isByHand } from '../../state/overrule';
import type { Multiplications } from '../../state/slimCosts';
import { ownerOf } from '../../tensors/owners';
import type { TensorId } from '../../tensors/tensor';

export interface LayerRow {
  readonly layer: Layer;
  /** The tensor whose weights these are; itself, unless it is tied or a view. */
  readonly owner: Layer;
  /** Other names of its weights. */
  readonly aliases: readonly string[];
  /** What it has in common with others, beside names: a few words. Absent: nothing. */
  readonly sharing?: string;
  /** Shown before the name, '' where all tensors sit in one container, or where the name begins with it. */
  readonly container: string;
  /** A person said what it is. */
  readonly byHand: boolean;
}

/** A row and what the committed recipe does to it, to sort by. */
export interface ResolvedRow {
  readonly row: LayerRow;
  /** Absent: no rule decides for it. */
  readonly outcome: Outcome | undefined;
  /** Multiplications of its layers for one sample, where the graph is open. */
  readonly macs?: number | undefined;
}

/**
 * Rows in the order of the file. `layers` are a checkpoint's, so that an id is an index.
 * @param asOpened the same layers before a person said anything of them
 */
export function rowsOf(layers: readonly Layer[], asOpened: readonly Layer[] = layers): LayerRow[] {
  const containers = containersShown(layers);
  return layers.map((layer) => ({
    layer,
    owner: ownerOf(layer, layers),
    aliases: layer.alsoNamed.map((id) => at(layers, id).name),
    ...sharingOf(layer, layers),
    container: at(containers, layer.id),
    byHand: isByHand(layer, asOpened[layer.id]),
  }));
}

/** More names than this make no tip: a flat buffer has one for every layer. */
const mostNames = 8;

function sharingOf(layer: Layer, layers: readonly Layer[]): Pick<LayerRow, 'sharing'> {
  const { sameAs, sharesWith = [], sharedBy = [] } = layer;
  const named = (ids: readonly TensorId[]) => {
    const names = ids.slice(0, mostNames).map((id) => at(layers, id).name);
    return names.join(', ') + (ids.length > mostNames ? ` and ${ids.length - mostNames} more` : '');
  };
  if (sameAs !== undefined) {
    const owner = ownerOf(layer, layers);
    return { sharing: `${owner.numel === layer.numel ? 'the same weights as' : 'part of'} ${owner.name}` };
  }
  if (sharesWith.length > 0) return { sharing: `shares weights with ${named(sharesWith)}` };
  return sharedBy.length > 0 ? { sharing: `weights of it are also in ${named(sharedBy)}` } : {};
}

/** Rows stay the same objects whatever the outcomes, so that those in view are not drawn again for them. */
export function resolvedRows(
  rows: readonly LayerRow[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  costs?: ReadonlyMap<TensorId, Multiplications>,
): ResolvedRow[] {
  return rows.map((row) => {
    const { id } = row.layer;
    return { row, outcome: outcomes.get(id), macs: costs?.get(id)?.macs };
  });
}

/** Why a row is out, as short as a cell: `normalisation: off`. */
export function shortReason(layer: Layer): string {
  return layer.reason?.replace(/: off by default$/, ': off') ?? 'switched off';
}
