/** The layers of a checkpoint by module, for the table and the charts alike. */
import { at } from '../lib/known';
import { inNetworkOrder } from '../tensors/layerOrder';
import { type ModuleTree, moduleTree } from '../tensors/moduleTree';
import type { Layer, OpenedCheckpoint } from './checkpointSlice';

const trees = new WeakMap<readonly Layer[], ModuleTree>();

/** In network order where that is known. The index of a leaf is the tensor's id. */
export function layerTree(checkpoint: Pick<OpenedCheckpoint, 'layers' | 'networkOrder'>): ModuleTree {
  const { layers } = checkpoint;
  const made = trees.get(layers);
  if (made) return made;
  const containers = containersShown(layers);
  const ordered = inNetworkOrder(layers, checkpoint, ({ id }) => id);
  const names = ordered.map(({ id, name }) => pathIn(at(containers, id), name));
  const tree = moduleTree(names).map((node) =>
    node.kind === 'leaf' ? { ...node, index: at(ordered, node.index).id } : node,
  );
  trees.set(layers, tree);
  return tree;
}

/** The name that a leaf's `from` counts in. @param container as `containersShown` has it */
export function pathIn(container: string, name: string): string {
  return container === '' ? name : `${container}.${name}`;
}

/** By tensor: the dict that it sits in, '' where all sit in one or where its name begins with it. */
export function containersShown(layers: readonly Pick<Layer, 'name' | 'container'>[]): readonly string[] {
  const several = layers.some(({ container }) => container !== layers[0]?.container);
  return layers.map(({ name, container }) => (several && !name.startsWith(`${container}.`) ? container : ''));
}

/** Groups that are open until a hand closes them: those that hold most of the file. */
export function openAtFirst(checkpoint: Pick<OpenedCheckpoint, 'layers' | 'networkOrder'>): ReadonlySet<string> {
  const most = checkpoint.layers.length / 2;
  const keys = layerTree(checkpoint).flatMap((node) => (node.kind === 'group' && node.count > most ? [node.key] : []));
  return new Set(keys);
}
