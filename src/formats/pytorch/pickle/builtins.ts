/** Calls that only make Python's own collections: known data instead of inert objects. */
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
    made.set(pair[0]!, pair[1]!);
  }
  return made;
};

const set: Make = ([values]) => (values === undefined || Array.isArray(values) ? new Set(values) : undefined);
const list: Make = ([values = []]) => (Array.isArray(values) ? values : undefined);

/** `copyreg._reconstructor(cls, base, state)` and `copyreg.__newobj__(cls, *args)`: an object of `cls`. */
const reconstruct: Make = ([cls]) => (cls instanceof Ref ? new PyObj(cls, []) : undefined);
const newObject: Make = ([cls, ...args]) => (cls instanceof Ref ? new PyObj(cls, args) : undefined);

const byName = new Map<string, Make>([
  ['collections.OrderedDict', dict],
  ['collections.Counter', dict],
  ['collections.defaultdict', () => new Map()],
  ['dict', dict],
  ['set', set],
  ['frozenset', set],
  ['list', list],
  ['tuple', list],
  ['copyreg._reconstructor', reconstruct],
  ['copyreg.__newobj__', newObject],
]);

/** As Python 3 names what Python 2 pickled; its builtins without a module. */
function modernName({ module, name }: Ref): string {
  if (module === 'builtins' || module === '__builtin__') return name;
  return `${module === 'copy_reg' ? 'copyreg' : module}.${name}`;
}

/** Undefined for everything that is not a plain collection. */
export function builtinCall(callee: Ref, args: readonly PyValue[]): PyValue | undefined {
  return byName.get(modernName(callee))?.(args);
}
