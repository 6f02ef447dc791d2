/** The rows that the table shows, one after the other: tensors, and groups of them where it goes by module. */
import { at, known } from '../../lib/known';
import type { Layer } from '../../state/checkpointSlice';
import {
  arranged,
  type ModuleGroup,
  type ModuleNode,
  type ModuleTree,
  namesIn,
  nodesShown,
} from '../../tensors/moduleTree';
import type { TensorId } from '../../tensors/tensor';
import type { LayerRow } from './rows';

/** A row of a tensor. */
export interface ShownLayer {
  readonly kind: 'layer';
  readonly key: string;
  readonly row: LayerRow;
  /** 0 at the top. */
  readonly depth: number;
  /** Where the part of the name begins that the groups around it do not say. */
  readonly from: number;
}

/** A row of a group of modules. */
export interface ShownGroup {
  readonly kind: 'group';
  readonly key: string;
  readonly group: Group;
  readonly depth: number;
  readonly isOpen: boolean;
}

export type ShownRow = ShownLayer | ShownGroup;

export interface Group {
  readonly node: ModuleGroup;
  /** The rows in it that the filter leaves; the same array until it leaves others. */
  readonly members: readonly LayerRow[];
}

/** Keys of rows: what they are outlasts every order. */
export function keyOfTensor(id: TensorId): string {
  return `tensor-${id}`;
}

export function keyOfGroup(key: string): string {
  return `group-${key}`;
}

export function flatRows(rows: readonly LayerRow[]): ShownLayer[] {
  return rows.map((row) => ({ kind: 'layer', key: keyOfTensor(row.layer.id), row, depth: 0, from: 0 }));
}

/** Groups by their keys. @param tree of what the filter leaves, by tensor */
export function groupsIn(tree: ModuleTree, rowOf: ReadonlyMap<TensorId, LayerRow>): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  tree.forEach((node, position) => {
    if (node.kind === 'leaf') return;
    groups.set(node.key, { node, members: namesIn(tree, position).map((id) => known(rowOf, id)) });
  });
  return groups;
}

interface Grouping {
  /** Of what the filter leaves. */
  readonly tree: ModuleTree;
  readonly groups: ReadonlyMap<string, Group>;
  readonly rowOf: ReadonlyMap<TensorId, LayerRow>;
  readonly shows: (id: TensorId) => boolean;
  readonly compare: ((a: ModuleNode, b: ModuleNode) => number) | undefined;
  readonly isOpen: (key: string) => boolean;
}

export function groupedRows({ tree, groups, rowOf, shows, compare, isOpen }: Grouping): ShownRow[] {
  return nodesShown(arranged(tree, shows, compare), isOpen).map((node): ShownRow => {
    const { depth } = node;
    if (node.kind === 'leaf') {
      const row = known(rowOf, node.index);
      return { kind: 'layer', key: keyOfTensor(node.index), row, depth, from: node.from };
    }
    return {
      kind: 'group',
      key: keyOfGroup(node.key),
      group: known(groups, node.key),
      depth,
      isOpen: isOpen(node.key),
    };
  });
}

/** The tensors that a row stands for. */
export function layersAt(row: ShownRow): readonly Layer[] {
  return row.kind === 'layer' ? [row.row.layer] : row.group.members.map(({ layer }) => layer);
}

/** The tensors whose weights those are, each once. */
export function ownersAt(row: ShownRow): readonly Layer[] {
  return row.kind === 'layer' ? [row.row.owner] : [...new Set(row.group.members.map(({ owner }) => owner))];
}

/** The tensors that are selected with a row: of a group those that can be pruned by default, or all where none is. */
export function toSelect(row: ShownRow): readonly Layer[] {
  if (row.kind === 'layer') return ownersAt(row);
  const known = selectable.get(row.group);
  if (known) return known;
  const owners = ownersAt(row);
  const byDefault = owners.filter((layer) => layer.prunable && layer.byDefault);
  const made = byDefault.length > 0 ? byDefault : owners;
  selectable.set(row.group, made);
  return made;
}

const selectable = new WeakMap<Group, readonly Layer[]>();

/** Keys of the groups around a tensor, the outermost first. */
export function groupsAround(tree: ModuleTree, id: TensorId): string[] {
  const position = tree.findIndex((node) => node.kind === 'leaf' && node.index === id);
  return tree.flatMap((node, i) => (node.kind === 'group' && i < position && position < node.end ? [node.key] : []));
}

/** Position of the group around a row, -1 at the top. */
export function positionAround(rows: readonly ShownRow[], position: number): number {
  const { depth } = at(rows, position);
  let around = position - 1;
  while (around >= 0 && at(rows, around).depth >= depth) around--;
  return around;
}
