/** A state dict as its names tell it: modules in the order of the file, each with its tensors. */
import { getOrInsert } from '../../lib/maps';
import type { Dtype } from '../dtype';
import type { Declared } from '../evidence';
import { type Path, pathOf } from './path';

/** A tensor to be judged. */
export interface Judged {
  /** Its key in its own state dict. */
  readonly name: string;
  /** Where that state dict sits, '' at the top. */
  readonly container: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** What the file itself says it is. */
  readonly declared?: Declared;
  readonly role?: 'optimizer' | 'buffer';
}

/** A tensor among its neighbours. */
export interface Entry extends Judged {
  readonly path: Path;
  readonly module: Module;
  readonly dict: StateDict;
}

export interface Module {
  /** Dotted, in its state dict. */
  readonly path: string;
  /** Its tensors by leaf. */
  readonly tensors: Map<string, Entry>;
}

/** Modules of a place that are numbered there (Sequential, ModuleList), in that order. */
interface Row {
  readonly modules: readonly Module[];
  readonly places: ReadonlyMap<Module, number>;
}

export class StateDict {
  readonly modules: Module[] = [];
  /** By the path of the place, with its dot. Made when they are asked for: all tensors are entered by then. */
  private rows: Map<string, Row> | undefined;
  private readonly byPath = new Map<string, Module>();
  private readonly above = new Set<string>();

  module(path: string): Module {
    return getOrInsert(this.byPath, path, () => {
      for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
        if (this.above.has(path.slice(0, end))) break;
        this.above.add(path.slice(0, end));
      }
      const module: Module = { path, tensors: new Map() };
      this.modules.push(module);
      return module;
    });
  }

  /** The module of exactly this path, where it has tensors of its own. */
  find(path: string): Module | undefined {
    return this.byPath.get(path);
  }

  /** Whether there are tensors at the path or below it. */
  has(path: string): boolean {
    return this.byPath.has(path) || this.above.has(path);
  }

  /**
   * In a row of numbered modules the one with tensors before (-1) it or behind (1): whatever order the file lists them in.
   * In a row each takes what the one before it gives.
   */
  inRow(module: Module, step: -1 | 1): Module | undefined {
    this.rows ??= rowsOf(this.modules);
    const row = this.rows.get(placeOf(module.path));
    const place = row?.places.get(module);
    return place === undefined ? undefined : row?.modules[place + step];
  }
}

function placeOf(path: string): string {
  return path.slice(0, path.lastIndexOf('.') + 1);
}

function rowsOf(modules: readonly Module[]): Map<string, Row> {
  const numbered = new Map<string, { module: Module; number: number }[]>();
  for (const module of modules) {
    const place = placeOf(module.path);
    const number = module.path.slice(place.length);
    if (/^\d{1,9}$/.test(number)) getOrInsert(numbered, place, () => []).push({ module, number: Number(number) });
  }
  return new Map(
    [...numbered].map(([place, row]) => {
      const ordered = row.sort((a, b) => a.number - b.number).map(({ module }) => module);
      return [place, { modules: ordered, places: new Map(ordered.map((module, i) => [module, i])) }];
    }),
  );
}

/** All tensors as entries of their state dicts, in their order. */
export function entriesOf(tensors: readonly Judged[]): Entry[] {
  const dicts = new Map<string, StateDict>();
  return tensors.map((tensor) => {
    const dict = getOrInsert(dicts, tensor.container, () => new StateDict());
    const path = pathOf(tensor.container, tensor.name);
    const module = dict.module(path.module);
    const entry: Entry = { ...tensor, path, module, dict };
    if (!module.tensors.has(path.leaf)) module.tensors.set(path.leaf, entry);
    return entry;
  });
}

/** Dimensions longer than one. */
export function rankOf({ shape }: Pick<Judged, 'shape'>): number {
  return shape.filter((size) => size !== 1).length;
}

/** Names of the weight of a module; `weight_v` is the direction that weight_norm splits off. */
const weight = /^(weights?(_v)?|kernel|w|W)$/;

/** The tensor that is added behind a weight: `bias` beside `weight`, `in_proj_bias` beside `in_proj_weight`. */
export function biasOf({ path: { leaf }, module }: Entry): Entry | undefined {
  const prefix = /^(.+_)weight$/.exec(leaf)?.[1];
  const names = weight.test(leaf) ? ['bias', 'b'] : prefix ? [`${prefix}bias`] : [`${leaf}_bias`];
  for (const name of names) {
    const bias = module.tensors.get(name);
    if (bias) return bias;
  }
  return undefined;
}

/** Whether its name is one that weights have. */
export function isNamedWeight({ path: { leaf } }: Entry): boolean {
  return weight.test(leaf) || /._weight$/.test(leaf);
}

/** The channels that a module normalises, where it is one of those that do. */
export function normalisedBy(module: Module | undefined): number | undefined {
  const weight = module?.tensors.get('weight') ?? module?.tensors.get('scale') ?? module?.tensors.get('gamma');
  const statistics = module?.tensors.get('running_mean') ?? module?.tensors.get('moving_mean');
  const one = weight?.shape.length === 1 ? weight : statistics?.shape.length === 1 ? statistics : undefined;
  return one?.shape[0];
}
