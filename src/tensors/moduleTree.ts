/** Tensors by the modules that their names tell of: `layers.17 › mlp` holds all that is called `layers.17.mlp.…`. */
import { at } from '../lib/known';

/** Modules within modules that are told apart: a name with more is not read further, so that none makes a tree of its own. */
const deepest = 64;

export interface ModuleGroup {
  readonly kind: 'group';
  /** Beginning of the names in it, up to its last separator. No two groups have the same. */
  readonly key: string;
  /** What the group around it does not say: `layers.17 › mlp`. */
  readonly label: string;
  /** 0 at the top. */
  readonly depth: number;
  /** Names in it and in the groups below it. */
  readonly count: number;
  /** Where what is in it ends among the nodes; it begins behind the group itself. */
  readonly end: number;
}

export interface ModuleLeaf {
  readonly kind: 'leaf';
  /** Of the name, among those given. */
  readonly index: number;
  readonly depth: number;
  /** Where the part of the name begins that the groups around it do not say. */
  readonly from: number;
}

export type ModuleNode = ModuleGroup | ModuleLeaf;

/** Every group is followed by what is in it. */
export type ModuleTree = readonly ModuleNode[];

/** A beginning that names have in common, up to a separator. */
interface Module {
  /** One of these names, and the last part of the beginning in it. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Modules and names (by index) in the order in which they come first. */
  readonly entries: (Module | number)[];
  /** By their last part; most modules have none. */
  modules: Map<string, Module> | undefined;
  count: number;
  /** Whether it is shown as a group. A layer (a weight and its bias) or a single tensor is none. */
  isGroup: boolean;
}

/**
 * Groups of names by their separators. What all names begin with makes no group; a group that holds nothing but another
 * is one with it; a module of parameters alone (`conv1`: weight and bias) is none. Linear in the length of all names.
 */
export function moduleTree(names: readonly string[]): ModuleTree {
  let root = modulesOf(names);
  for (let only = onlyGroupIn(root); only; only = onlyGroupIn(only)) root = only;
  const nodes: (ModuleLeaf | (Omit<ModuleGroup, 'end'> & { end: number }))[] = [];
  /** `around`: the last module of the group whose nodes these are. `group`: the node that ends with this module. */
  const open = [{ module: root, around: root, next: 0, depth: 0, group: -1 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const { module, around, depth, group } = top;
    const entry = module.entries[top.next++];
    if (entry === undefined) {
      const ended = nodes[group];
      if (ended?.kind === 'group') ended.end = nodes.length;
      open.pop();
    } else if (typeof entry === 'number') {
      nodes.push({ kind: 'leaf', index: entry, depth, from: labelStart(at(names, entry), around) });
    } else if (!entry.isGroup) {
      open.push({ module: entry, around, next: 0, depth, group: -1 });
    } else {
      let inner = entry;
      for (let only = onlyGroupIn(inner); only; only = onlyGroupIn(only)) inner = only;
      const key = inner.name.slice(0, inner.end);
      const label = labelOf(key.slice(labelStart(key, around)));
      open.push({ module: inner, around: inner, next: 0, depth: depth + 1, group: nodes.length });
      nodes.push({ kind: 'group', key, label, depth, count: inner.count, end: 0 });
    }
  }
  return nodes;
}

/** The indices of the names in a group, in the order of the tree. @param position of the group */
export function namesIn(tree: ModuleTree, position: number): number[] {
  const node = at(tree, position);
  if (node.kind === 'leaf') return [node.index];
  const indices: number[] = [];
  for (let i = position + 1; i < node.end; i++) {
    const inner = at(tree, i);
    if (inner.kind === 'leaf') indices.push(inner.index);
  }
  return indices;
}

/** The nodes that show while some groups are open. */
export function nodesShown(tree: ModuleTree, isOpen: (key: string) => boolean): ModuleNode[] {
  const shown: ModuleNode[] = [];
  for (let i = 0; i < tree.length; ) {
    const node = at(tree, i);
    shown.push(node);
    i = node.kind === 'group' && !isOpen(node.key) ? node.end : i + 1;
  }
  return shown;
}

/**
 * The tree with only some of its names, and without the groups that then hold none.
 * @param compare orders the nodes within each group; absent: they stay as they are
 */
export function arranged(
  tree: ModuleTree,
  keeps: (index: number) => boolean,
  compare?: (a: ModuleNode, b: ModuleNode) => number,
): ModuleTree {
  interface Kept {
    readonly node: ModuleNode;
    readonly within: Kept[];
    count: number;
    /** Nodes in it. */
    size: number;
  }
  const top: Kept[] = [];
  const groups: { readonly end: number; readonly kept: Kept }[] = [];
  const all: Kept[] = [];
  tree.forEach((node, position) => {
    while (groups.length > 0 && at(groups, groups.length - 1).end <= position) groups.pop();
    if (node.kind === 'leaf' && !keeps(node.index)) return;
    const kept: Kept = { node, within: [], count: node.kind === 'leaf' ? 1 : 0, size: 0 };
    (groups.at(-1)?.kept.within ?? top).push(kept);
    if (node.kind === 'group') {
      groups.push({ end: node.end, kept });
      all.push(kept);
      return;
    }
    let shown = 1;
    for (const { kept: around } of groups.toReversed()) {
      around.size += shown;
      if (around.count === 0) shown++;
      around.count++;
    }
  });
  if (compare) {
    for (const siblings of [top, ...all.map(({ within }) => within)]) siblings.sort((a, b) => compare(a.node, b.node));
  }
  const nodes: ModuleNode[] = [];
  const waiting = top.toReversed();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, within, count, size } = next;
    if (count === 0) continue;
    nodes.push(node.kind === 'leaf' ? node : { ...node, count, end: nodes.length + 1 + size });
    for (const inner of within.toReversed()) waiting.push(inner);
  }
  return nodes;
}

function modulesOf(names: readonly string[]): Module {
  const root: Module = moduleAt('', 0, 0);
  const all: Module[] = [];
  names.forEach((name, index) => {
    let module = root;
    module.count++;
    let start = 0;
    for (const end of moduleEnds(name)) {
      const part = name.slice(start, end);
      module.modules ??= new Map();
      let next = module.modules.get(part);
      if (!next) {
        next = moduleAt(name, start, end);
        module.modules.set(part, next);
        module.entries.push(next);
        all.push(next);
      }
      module = next;
      module.count++;
      start = end;
    }
    module.entries.push(index);
  });
  // Inner ones were made after those around them.
  for (const module of all.reverse()) {
    module.isGroup = module.modules !== undefined && (module.entries.length > 1 || onlyGroupIn(module) !== undefined);
  }
  return root;
}

function moduleAt(name: string, start: number, end: number): Module {
  return { name, start, end, entries: [], modules: undefined, count: 0, isGroup: false };
}

const separators = /[./]+/;

/** Where modules end in a name: behind each separator that has something on both sides. */
export function moduleEnds(name: string): number[] {
  const ends: number[] = [];
  let something = false;
  for (let i = 0; i < name.length && ends.length < deepest; i++) {
    const isOne = isSeparator(name, i);
    if (!isOne && something && isSeparator(name, i - 1)) ends.push(i);
    something ||= !isOne;
  }
  return ends;
}

function isSeparator(name: string, place: number): boolean {
  const code = name.charCodeAt(place);
  return code === 0x2e || code === 0x2f;
}

function onlyGroupIn({ entries }: Module): Module | undefined {
  const [entry] = entries;
  return entries.length === 1 && typeof entry === 'object' && entry.isGroup ? entry : undefined;
}

/** Behind the module around it; with that module's own part where a number follows, which says nothing by itself. */
function labelStart(name: string, around: Module): number {
  return /^\d+(?:[./]|$)/.test(name.slice(around.end)) ? around.start : around.end;
}

/** `layers.17.mlp.` → `layers.17 › mlp` */
function labelOf(path: string): string {
  let label = '';
  for (const part of path.split(separators)) {
    if (part === '') continue;
    label += label === '' ? part : `${/^\d+$/.test(part) ? '.' : ' › '}${part}`;
  }
  return label;
}
