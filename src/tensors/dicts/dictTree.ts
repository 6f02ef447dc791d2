/** The dicts of a checkpoint as a tree, and its tensors by their paths in it. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { isFloat } from '../dtype';
import { keysOf } from '../stateDictKeys';
import type { TensorId, TensorInfo } from '../tensor';

/** What of a tensor tells which dict is for what. */
export type Placed = Pick<TensorInfo, 'name' | 'container' | 'dtype' | 'shape' | 'kind'>;

export interface Dict {
  /** Keys on the way to it, joined by dots; '' for the outermost. */
  readonly path: string;
  /** The last of these keys. */
  readonly name: string;
  readonly parent: Dict | undefined;
  readonly children: Dict[];
  /** Its own, in the order of the file. */
  readonly tensors: TensorId[];
}

/** Places that are tried to find the dict that another is a copy of. */
const triedPlaces = 256;

export class DictTree {
  readonly tensors: readonly Placed[];
  /** Keys of the tensors in their own dicts. */
  readonly keys: readonly string[];
  readonly root: Dict = { path: '', name: '', parent: undefined, children: [], tensors: [] };
  /** Every dict, parents before their children. */
  readonly dicts: readonly Dict[];
  private readonly byPath = new Map<string, TensorId>();
  private readonly byKey = new Map<string, TensorId[]>();

  constructor(tensors: readonly Placed[]) {
    this.tensors = tensors;
    this.keys = keysOf(tensors);
    const grown = new GrowingTree(this.root);
    tensors.forEach(({ container }, id) => {
      grown.dictAt(container).tensors.push(id);
      const key = plainKey(at(this.keys, id));
      const path = joined(container, key);
      if (!this.byPath.has(path)) this.byPath.set(path, id);
      getOrInsert(this.byKey, key, () => []).push(id);
    });
    this.dicts = grown.dicts;
  }

  /** All tensors in a dict and in those below it. */
  *below(dict: Dict): Generator<TensorId> {
    const waiting = [dict];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      yield* next.tensors;
      for (let i = next.children.length - 1; i >= 0; i--) waiting.push(at(next.children, i));
    }
  }

  /** The path of a tensor below a dict that holds it, without what wrappers put before a key. */
  pathBelow(dict: Dict, id: TensorId): string {
    const { container } = at(this.tensors, id);
    const from = dict.path === '' ? container : container.slice(dict.path.length + 1);
    return joined(from, plainKey(at(this.keys, id)));
  }

  /** The tensor at a path below a place, where it has this shape. */
  alikeAt(place: string, path: string, shape: readonly number[]): TensorId | undefined {
    const id = this.byPath.get(joined(place, path));
    return id !== undefined && isSameShape(at(this.tensors, id).shape, shape) ? id : undefined;
  }

  isMatrix(id: TensorId): boolean {
    const { dtype, shape } = at(this.tensors, id);
    return isFloat(dtype) && shape.length >= 2;
  }

  /**
   * Where else there is a tensor of this shape at a path that ends alike: what stands before that end, which may be
   * the path of a dict or the beginning of keys. Places in `dict` are left out.
   * @param path of the tensor below `dict`, or another to look for
   */
  *placesOf(dict: Dict, id: TensorId, path = this.pathBelow(dict, id)): Generator<string> {
    const { shape } = at(this.tensors, id);
    const ends = [path, plainKey(at(this.keys, id)), path.slice(path.lastIndexOf('.') + 1)];
    const found = new Set<string>();
    for (const end of new Set(ends)) {
      for (const other of (this.byKey.get(end) ?? []).slice(0, triedPlaces)) {
        const { container, shape: theirs } = at(this.tensors, other);
        if (other === id || isWithin(container, dict.path) || !isSameShape(shape, theirs)) continue;
        const place = placeOf(joined(container, plainKey(at(this.keys, other))), path);
        if (place === undefined || found.has(place)) continue;
        found.add(place);
        yield place;
      }
    }
  }
}

class GrowingTree {
  readonly dicts: Dict[];
  private readonly byContainer = new Map<string, Dict>();
  private readonly children = new Map<Dict, Map<string, Dict>>();

  constructor(root: Dict) {
    this.dicts = [root];
    this.byContainer.set('', root);
  }

  dictAt(container: string): Dict {
    return getOrInsert(this.byContainer, container, () => {
      let dict = at(this.dicts, 0);
      for (const name of container.split('.')) dict = this.childOf(dict, name);
      return dict;
    });
  }

  private childOf(parent: Dict, name: string): Dict {
    const children = getOrInsert(this.children, parent, () => new Map<string, Dict>());
    return getOrInsert(children, name, () => {
      const made: Dict = { path: joined(parent.path, name), name, parent, children: [], tensors: [] };
      parent.children.push(made);
      this.dicts.push(made);
      return made;
    });
  }
}

/** Whether a path is that of the dict, or of something in it. */
export function isWithin(path: string, dict: string): boolean {
  return dict === '' || path === dict || path.startsWith(`${dict}.`);
}

export function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** What stands before `path` in `full`; undefined where it does not end with it. */
function placeOf(full: string, path: string): string | undefined {
  if (full === path) return '';
  return full.endsWith(`.${path}`) ? full.slice(0, full.length - path.length - 1) : undefined;
}

/** DataParallel and torch.compile put these before every key; a copy often lacks them. */
export function plainKey(key: string): string {
  return key.replace(/^((module|_orig_mod)\.)+/, '');
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
