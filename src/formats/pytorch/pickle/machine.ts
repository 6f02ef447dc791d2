/**
 * The pickle machine (Python's Lib/pickle.py, protocols 0 to 5) as a reader of data. It has no way to import or call
 * anything: a class is a name, a call is a record of its arguments. One loop, no recursion, every length checked.
 */
import type { CheckpointError } from '../../../lib/errors';
import { at } from '../../../lib/known';
import { builtinCall } from './builtins';
import type { PickleReader } from './reader';
import { PyObj, type PyValue, Ref, textOf, whatIs } from './values';

/** What the owner of a pickle makes of the two things that only it knows. */
export interface PickleHost {
  /** @throws CheckpointError for ids it does not know */
  persistent(id: PyValue, fail: (message: string) => CheckpointError): PyValue;
  /** The value of a call to a function or class it knows; undefined leaves an inert object. */
  call(callee: Ref, args: readonly PyValue[], fail: (message: string) => CheckpointError): PyValue | undefined;
}

/** Stack and memo entries: far above a checkpoint of a million tensors, far below what a page can hold. */
const maxEntries = 10_000_000;
/** Keeps every collection below the size at which JavaScript's own throw. */
export const maxOperations = 2 ** 25;

/** The machine's registers, and what every opcode is made of. */
export class Machine {
  /** Where it is: another one may take over between two opcodes. */
  reader: PickleReader;
  stopped = false;
  private readonly host: PickleHost;
  private readonly stack: PyValue[] = [];
  /** Heights of the stack. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PyValue>();
  private readonly refs = new Map<string, Ref>();
  /** Arguments handed to calls so far: a memoised list can be an argument again and again. */
  private argumentsTaken = 0;
  private readonly fail = (message: string) => this.reader.error(message);

  constructor(reader: PickleReader, host: PickleHost) {
    this.reader = reader;
    this.host = host;
  }

  get globals(): Ref[] {
    return [...this.refs.values()];
  }

  push(value: PyValue): void {
    if (this.stack.length >= maxEntries) throw this.fail('The pickle piles up too many values.');
    this.stack.push(value);
  }

  /** Values above the last mark cannot be reached below it. */
  pop(): PyValue {
    const value = this.stack.length > (this.marks.at(-1) ?? 0) ? this.stack.pop() : undefined;
    if (value === undefined) throw this.fail('The pickle takes a value where there is none.');
    return value;
  }

  top(): PyValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  mark(): void {
    if (this.marks.length >= maxEntries) throw this.fail('The pickle nests too deep.');
    this.marks.push(this.stack.length);
  }

  /** Pops everything above the last mark, and the mark. */
  popMark(): PyValue[] {
    const height = this.marks.pop();
    if (height === undefined) throw this.fail('The pickle goes back to a mark that was never set.');
    return this.stack.splice(height);
  }

  /** POP also discards a mark when nothing is above it. */
  discard(): void {
    if (this.stack.length === this.marks.at(-1)) this.marks.pop();
    else this.pop();
  }

  remember(index: number): void {
    if (this.memo.size >= maxEntries) throw this.fail('The pickle memoises too many values.');
    this.memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.fail(`The pickle recalls value ${index}, which it never memoised.`);
    this.push(value);
  }

  /** @throws CheckpointError unless both are strings */
  global(moduleValue: PyValue, nameValue: PyValue): void {
    const [module, name] = [textOf(moduleValue), textOf(nameValue)];
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.fail(`The pickle names a class by ${whatIs(moduleValue)} and ${whatIs(nameValue)}.`);
    }
    const key = `${module}\n${name}`;
    let ref = this.refs.get(key);
    if (!ref) {
      ref = new Ref(module, name);
      this.refs.set(key, ref);
    }
    this.push(ref);
  }

  persistent(id: PyValue): void {
    this.push(this.host.persistent(id, this.fail));
  }

  /** What a call would have made: known data, or an inert object. Nothing is called. */
  call(callee: PyValue, args: PyValue): void {
    // TorchScript writes a member of an enum as a call of its class with the bare value.
    if (callee instanceof Ref && callee.module.startsWith('__torch__') && !Array.isArray(args)) {
      this.push(new PyObj(callee, [args]));
      return;
    }
    if (!Array.isArray(args)) throw this.fail(`The pickle calls with ${whatIs(args)} for arguments.`);
    const [first] = args;
    this.argumentsTaken += args.length + (Array.isArray(first) ? first.length : 0);
    if (this.argumentsTaken > maxOperations) throw this.fail('The calls in the pickle take too many arguments.');
    if (callee instanceof Ref) {
      this.push(builtinCall(callee, args) ?? this.host.call(callee, args, this.fail) ?? new PyObj(callee, args));
    } else {
      this.push(new PyObj(callee instanceof PyObj ? callee.cls : new Ref('', whatIs(callee)), args));
    }
  }

  setItems(target: PyValue, pairs: readonly PyValue[]): void {
    const items = target instanceof PyObj ? target.items : target;
    if (!(items instanceof Map)) throw this.fail(`The pickle sets an item of ${whatIs(target)}.`);
    if (pairs.length % 2 !== 0) throw this.fail('The pickle sets an item without a value.');
    for (let i = 0; i < pairs.length; i += 2) {
      const key = at(pairs, i);
      items.set(textOf(key) ?? key, at(pairs, i + 1));
    }
  }

  append(target: PyValue, values: readonly PyValue[]): void {
    const list = target instanceof PyObj ? target.listItems : target;
    if (!Array.isArray(list)) throw this.fail(`The pickle appends to ${whatIs(target)}.`);
    for (const value of values) list.push(value);
  }

  addItems(target: PyValue, values: readonly PyValue[]): void {
    if (target instanceof PyObj) this.append(target, values);
    else if (target instanceof Set) for (const value of values) target.add(value);
    else throw this.fail(`The pickle adds to ${whatIs(target)}.`);
  }
}
