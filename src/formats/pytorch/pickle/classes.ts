/**
 * Classes that a pickle makes by calls, because the reader may not have them: by `type` and its like, by dill
 * (dill/_dill.py) and cloudpickle (cloudpickle/cloudpickle.py), and classes inside classes. A name and bases, no code.
 */
import { type PyValue, Ref } from './values';

type Make = (args: readonly PyValue[]) => Ref | undefined;

/** More bases than any class has, so that a chain of classes costs no more than its length. */
const maxBases = 64;

/** @param attributes where they say in which module the class was defined */
function made(name: PyValue | undefined, bases: PyValue | undefined, attributes: PyValue | undefined): Ref | undefined {
  if (typeof name !== 'string') return undefined;
  const module = attributes instanceof Map ? attributes.get('__module__') : undefined;
  const known = Array.isArray(bases) ? bases.slice(0, maxBases).filter((base) => base instanceof Ref) : [];
  return new Ref(typeof module === 'string' ? module : '', name, known);
}

/** (name, bases, attributes) */
const byType: Make = ([name, bases, attributes]) => made(name, bases, attributes);
/** (metaclass, name, bases, attributes): dill's `_create_type`, cloudpickle's `_make_skeleton_class`. */
const byMetaclass: Make = ([, name, bases, attributes]) => made(name, bases, attributes);
/** (bases, name, qualified name, members, module, …) */
const enumeration: Make = ([bases, name, , , module]) => made(name, bases, new Map([['__module__', module ?? null]]));
/** (name, fields, module, …) */
const namedTuple: Make = ([name, , module]) => made(name, [], new Map([['__module__', module ?? null]]));

/** `getattr(Outer, 'Inner')`: how protocols before 4 say a class inside a class. */
const attribute: Make = ([owner, name]) =>
  owner instanceof Ref && typeof name === 'string' ? new Ref(owner.module, `${owner.name}.${name}`) : undefined;

const byName = new Map<string, Make>([
  ['type', byType],
  ['types.new_class', byType],
  ['dill._dill._create_type', byMetaclass],
  ['dill._dill._create_namedtuple', namedTuple],
  ['dill._dill._get_attr', attribute],
  ['dill.dill._create_type', byMetaclass],
  ['dill.dill._get_attr', attribute],
  ['cloudpickle.cloudpickle._make_skeleton_class', byMetaclass],
  ['cloudpickle.cloudpickle._make_skeleton_enum', enumeration],
  ['cloudpickle.cloudpickle_fast._make_skeleton_class', byMetaclass],
  ['cloudpickle.cloudpickle_fast._make_skeleton_enum', enumeration],
  ['getattr', attribute],
]);

/** @param name of the function, Python's builtins without a module. Undefined for what makes no class. */
export function classByCall(name: string, args: readonly PyValue[]): Ref | undefined {
  return byName.get(name)?.(args);
}
