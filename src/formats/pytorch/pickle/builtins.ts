/** Calls that only make Python's own collections, objects and classes: known data instead of inert objects. */
import { at } from '../../../lib/known';
import { classByCall } from './classes';
import { PyObj, type PyValue, Ref } from './values';

type Make = (args: readonly PyValue[]) => PyValue | undefined;

const dict: Make = ([entries]) => {
  if (entries === undefined) return new Map();
  // Inert data may be shared where Python would copy.
  if (entries instanceof Map) return entries;
  // Python 2 pickled an OrderedDict as its list of pairs.
  if (!Array.isArray(entries)) return undefined;
  const made = new Map<PyValue, PyValue>();
  for (const pair of entries) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    made.set(at(pair, 0), at(pair, 1));
  }
  return made;
};

const set: Make = ([values]) => (values === undefined || Array.isArray(values) ? new Set(values) : undefined);
const list: Make = ([values = []]) => (Array.isArray(values) ? values : undefined);

/** `copyreg._reconstructor(cls, base, state)`: an object of `cls`, with what its base (a dict, a list) holds. */
const reconstruct: Make = ([cls, , held]) => {
  if (!(cls instanceof Ref)) return undefined;
  if (held instanceof Map) return new PyObj(cls, [], held);
  return new PyObj(cls, Array.isArray(held) ? held : []);
};
/** `copyreg.__newobj__(cls, *args)`, `copyreg.__newobj_ex__(cls, args, keywords)` */
const newObject: Make = ([cls, ...args]) => (cls instanceof Ref ? new PyObj(cls, args) : undefined);
const newObjectEx: Make = ([cls, args]) =>
  cls instanceof Ref ? new PyObj(cls, Array.isArray(args) ? args : []) : undefined;

/** dill's `_create_array(function, args, state, attributes)`: the call and the state in one. */
const array: Make = ([callee, args, state = null]) => {
  if (!(callee instanceof Ref) || !Array.isArray(args)) return undefined;
  const object = new PyObj(callee, args);
  object.state = state;
  return object;
};

const byName = new Map<string, Make>([
  ['collections.OrderedDict', dict],
  ['collections.Counter', dict],
  ['collections.defaultdict', () => new Map()],
  ['dict', dict],
  ['set', set],
  ['frozenset', set],
  ['list', list],
  ['tuple', list],
  ['dill._dill._create_array', array],
  ['copyreg._reconstructor', reconstruct],
  ['copyreg.__newobj__', newObject],
  ['copyreg.__newobj_ex__', newObjectEx],
]);

/** As Python 3 names what Python 2 pickled; its builtins without a module. */
function modernName({ module, name }: Ref): string {
  if (module === 'builtins' || module === '__builtin__') return name;
  return `${module === 'copy_reg' ? 'copyreg' : module}.${name}`;
}

/** Undefined for everything that makes neither a plain collection nor a class. */
export function builtinCall(callee: Ref, args: readonly PyValue[]): PyValue | undefined {
  const name = modernName(callee);
  return byName.get(name)?.(args) ?? classByCall(name, args);
}
