/** What has a bar of its own: a layer, or a module that is closed in the table. */

import { at } from '../../../lib/known';
import type { Layer, OpenedCheckpoint } from '../../../state/checkpointSlice';
import { layerTree } from '../../../state/layerTree';
import { inNetworkOrder } from '../../../tensors/layerOrder';
import { namesIn } from '../../../tensors/moduleTree';
import type { TensorId } from '../../../tensors/tensor';

export interface BarUnit {
  /** Of a layer, or the beginning that the names of a module have in common. */
  readonly name: string;
  readonly ids: readonly TensorId[];
}

type Ordered = Pick<OpenedCheckpoint, 'layers' | 'networkOrder'>;

export function layerUnits(checkpoint: Ordered): BarUnit[] {
  return inNetworkOrder<Layer>(checkpoint.layers, checkpoint, ({ id }) => id).map(({ id, name }) => ({
    name,
    ids: [id],
  }));
}

/** Modules that are closed are one, and what is in open ones is apart: as the rows of the table. */
export function moduleUnits(checkpoint: Ordered, openGroups: ReadonlySet<string>): BarUnit[] {
  const tree = layerTree(checkpoint);
  const units: BarUnit[] = [];
  for (let i = 0; i < tree.length; ) {
    const node = at(tree, i);
    const isClosed = node.kind === 'group' && !openGroups.has(node.key);
    if (node.kind === 'leaf') units.push({ name: at(checkpoint.layers, node.index).name, ids: [node.index] });
    else if (isClosed) units.push({ name: node.key.replace(/[./]+$/, ''), ids: namesIn(tree, i) });
    i = isClosed ? node.end : i + 1;
  }
  return units;
}
