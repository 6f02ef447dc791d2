/** What a pickle holds, as inert data. Classes and functions are names; objects keep what was said about them. */

/**
 * A class or function by name. There is one `Ref` per name that a pickle refers to; a class that the pickle brings along
 * (by value, as dill and cloudpickle do) has its own and knows its bases. Never resolved to anything that runs.
 */
export class Ref {
  readonly module: string;
  readonly name: string;
  /** Of a class by value. */
  readonly bases: readonly Ref[];

  constructor(module: string, name: string, bases: readonly Ref[] = []) {
    this.module = module;
    this.name = name;
    this.bases = bases;
  }

  get fullName(): string {
    return `${this.module}.${this.name}`;
  }
}

/** An object of a class that is only known by name: everything the pickle would have handed to it. */
export class PyObj {
  readonly cls: Ref;
  /** Arguments of the call that would have made it. */
  readonly args: readonly PyValue[];
  /** What BUILD would have given to `__setstate__` or `__dict__`. */
  state: PyValue = null;
  /** What would have been assigned by key. */
  readonly items: Map<PyValue, PyValue>;
  /** What would have been appended or added. */
  readonly listItems: PyValue[] = [];

  constructor(cls: Ref, args: readonly PyValue[], items = new Map<PyValue, PyValue>()) {
    this.cls = cls;
    this.args = args;
    this.items = items;
  }
}

/** Base of the values that the owner of a pickle makes of its persistent ids and known functions. */
export abstract class HostValue {
  /** Tells it from plain data for the compiler. */
  protected readonly isHostValue = true;
}

/** Bytes or a long text that stay where they are in the file. */
export class PlacedBytes extends HostValue {
  /** In the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  readonly isText: boolean;
  /** Of a short string of Python 2, which may be a name. */
  readonly text: string | undefined;

  constructor(offset: number, length: number, isText: boolean, text?: string) {
    super();
    this.offset = offset;
    this.length = length;
    this.isText = isText;
    this.text = text;
  }
}

/** The text that a value is; undefined for anything else. */
export function textOf(value: PyValue | undefined): string | undefined {
  if (value instanceof PlacedBytes) return value.text;
  return typeof value === 'string' ? value : undefined;
}

/** Lists and tuples are arrays, dicts are maps in order of insertion, ints beyond 2^53 are bigints. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyValue[]
  | Map<PyValue, PyValue>
  | Set<PyValue>
  | Ref
  | PyObj
  | HostValue;

/** For error messages: what kind of thing a value is. */
export function whatIs(value: PyValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Set) return 'a set';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Ref) return value.fullName;
  if (value instanceof PyObj) return `an object of ${value.cls.fullName}`;
  if (value instanceof HostValue) return 'a tensor or storage';
  if (typeof value === 'string') return 'a string';
  const text = String(value);
  return /[NIe]|.{41}/.test(text.replace(/true|false/, '')) ? 'a number out of range' : text;
}
