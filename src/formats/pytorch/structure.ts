/** What the objects in a checkpoint are made of: the parts of modules, optimizers, dicts and unknown classes. */
import { PyObj, type PyValue } from './pickle/values';

export type PyContainer = PyValue[] | Map<PyValue, PyValue> | Set<PyValue> | PyObj;

export interface Edge {
  readonly key: string;
  readonly value: PyValue;
  /**
   * `entry` of a collection, `registered` parameter, buffer or submodule, or any other `attribute` of an object, which
   * may refer to anything anywhere.
   */
  readonly kind: 'entry' | 'registered' | 'attribute';
  /** A tensor here is no parameter. */
  readonly buffer?: boolean;
}

export function isContainer(value: PyValue): value is PyContainer {
  return Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof PyObj;
}

/** Whether tensors in it are named by their path from it: it is a module. */
export function takesName(value: PyContainer): boolean {
  if (!(value instanceof PyObj)) return false;
  if (isScripted(value)) return true;
  const dictionaries = statesOf(value.state);
  return registries.some(({ attribute }) =>
    dictionaries.some((attributes) => attributes.get(attribute) instanceof Map),
  );
}

/** Whether its keys are names of their own, not parts of its parent's: a dict, or an object that is no module. */
export function startsStateDict(value: PyContainer): boolean {
  return value instanceof Map || (value instanceof PyObj && !takesName(value));
}

const optimizerKey = /(^|[_.])optim(s|izers?)?([_.]|$)/i;

/** Of a class of `torch.optim`; its averaged models (`swa_utils`) are modules. */
export function isOptimizerObject({ cls }: PyObj): boolean {
  return cls.module.startsWith('torch.optim') && cls.name !== 'AveragedModel';
}

/** A `torch.optim` state dict or object, or whatever is kept under a name such as `optimizer_states`. */
export function isOptimizer(value: PyContainer, key = ''): boolean {
  if (value instanceof PyObj) return isOptimizerObject(value);
  return optimizerKey.test(key) || (value instanceof Map && value.has('state') && value.has('param_groups'));
}

/** The parts of a container, a module's registered ones first, in the order in which `state_dict()` has them. */
export function* edgesOf(container: PyContainer): Generator<Edge> {
  if (!(container instanceof PyObj)) yield* entriesOf(container, 'entry');
  else if (isScripted(container)) yield* scriptedEdges(container);
  else if (container.cls.fullName === 'functools.partial') yield* partialEdges(container);
  else yield* objectEdges(container, 'attribute');
}

/** TorchScript keeps parameters, buffers and submodules as plain attributes; what a list holds is none of them. */
function* scriptedEdges(object: PyObj): Generator<Edge> {
  for (const edge of objectEdges(object, 'registered')) {
    yield Array.isArray(edge.value) ? { ...edge, kind: 'attribute' } : edge;
  }
}

/** (function, arguments, keywords, attributes) */
function* partialEdges({ args, state }: PyObj): Generator<Edge> {
  const [callee = args[0] ?? null, values = [], keywords = null] = Array.isArray(state) ? state : [];
  yield { key: 'func', value: callee, kind: 'attribute' };
  yield { key: 'args', value: values, kind: 'attribute' };
  yield { key: 'keywords', value: keywords, kind: 'attribute' };
}

export function isScripted({ cls }: PyObj): boolean {
  return cls.module === '__torch__' || cls.module.startsWith('__torch__.');
}

const registries: readonly { readonly attribute: string; readonly buffer: boolean }[] = [
  { attribute: '_parameters', buffer: false },
  { attribute: '_buffers', buffer: true },
  { attribute: '_modules', buffer: false },
];

function* objectEdges(object: PyObj, kind: Edge['kind']): Generator<Edge> {
  const dictionaries = statesOf(object.state);
  for (const { attribute, buffer } of registries) {
    for (const attributes of dictionaries) {
      const registry = attributes.get(attribute);
      if (registry instanceof Map) yield* entriesOf(registry, 'registered', buffer);
    }
  }
  for (const attributes of dictionaries) {
    const isModule = attributes.get('_modules') instanceof Map;
    for (const edge of entriesOf(attributes, kind, isModule)) {
      const registry = registries.some(({ attribute }) => attribute === edge.key);
      if (!(registry && edge.value instanceof Map)) yield edge;
    }
  }
  if (dictionaries.length === 0 && isContainer(object.state)) yield { key: 'state', value: object.state, kind };
  yield* entriesOf(object.items, kind);
  yield* entriesOf(object.listItems, kind);
  yield* entriesOf(object.args, kind);
}

/** The attribute dictionaries of a state: itself, or with `__slots__` a pair of which either may be None. */
export function statesOf(state: PyValue): Map<PyValue, PyValue>[] {
  if (state instanceof Map) return [state];
  if (!Array.isArray(state) || state.length !== 2) return [];
  return state.every((part) => part === null || part instanceof Map) ? state.filter((part) => part instanceof Map) : [];
}

function* entriesOf(
  entries: readonly PyValue[] | Map<PyValue, PyValue> | Set<PyValue>,
  kind: Edge['kind'],
  buffer = false,
): Generator<Edge> {
  let index = 0;
  if (entries instanceof Map) {
    for (const [key, value] of entries) yield { key: keyText(key, index++), value, kind, buffer };
  } else {
    for (const value of entries) yield { key: String(index++), value, kind, buffer };
  }
}

/** A key as `str(key)` says it; an object by its place. */
function keyText(key: PyValue, index: number): string {
  if (key === null) return 'None';
  if (key === true) return 'True';
  if (key === false) return 'False';
  return typeof key === 'object' ? String(index) : String(key);
}
