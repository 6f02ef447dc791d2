/** The opcodes of pickle protocols 0 to 5, one entry each. Left out: extension codes and out-of-band buffers. */
import type { Machine } from './machine';
import { narrowed, unescapeText } from './reader';
import { PyObj, type PyValue, Ref } from './values';

type Operation = (machine: Machine) => void;

const maxProtocol = 5;

const table: readonly (readonly [code: string | number, operation: Operation])[] = [
  // Framing
  [0x80, (m) => assertProtocol(m, m.reader.u8())],
  [0x95, (m) => m.reader.length64()], // FRAME: a hint for buffering
  ['.', (m) => stop(m)],

  // Constants and numbers
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  ['K', (m) => m.push(m.reader.u8())],
  ['M', (m) => m.push(m.reader.u16())],
  ['J', (m) => m.push(m.reader.i32())],
  [0x8a, (m) => m.push(m.reader.long(m.reader.u8()))],
  [0x8b, (m) => m.push(m.reader.long(m.reader.u32()))],
  ['G', (m) => m.push(m.reader.f64())],
  ['I', (m) => m.push(integerLine(m, m.reader.line()))],
  ['L', (m) => m.push(integerLine(m, m.reader.line().replace(/L$/, '')))],
  ['F', (m) => m.push(Number.parseFloat(m.reader.line()))],

  // Text and bytes
  ['X', (m) => m.push(m.reader.text(m.reader.u32()))],
  [0x8c, (m) => m.push(m.reader.text(m.reader.u8()))],
  [0x8d, (m) => m.push(m.reader.text(m.reader.length64()))],
  ['T', (m) => m.push(m.reader.string(m.reader.i32()))],
  ['U', (m) => m.push(m.reader.string(m.reader.u8()))],
  ['S', (m) => m.push(unescapeText(m.reader.line().replace(/^(['"])(.*)\1$/, '$2')))],
  ['V', (m) => m.push(unescapeText(m.reader.line()))],
  ['B', (m) => m.push(m.reader.content(m.reader.u32()))],
  ['C', (m) => m.push(m.reader.content(m.reader.u8()))],
  [0x8e, (m) => m.push(m.reader.content(m.reader.length64()))],
  [0x96, (m) => m.push(m.reader.content(m.reader.length64()))], // BYTEARRAY8

  // Collections
  [')', (m) => m.push([])],
  [']', (m) => m.push([])],
  ['}', (m) => m.push(new Map())],
  [0x8f, (m) => m.push(new Set())],
  ['t', (m) => m.push(m.popMark())],
  ['l', (m) => m.push(m.popMark())],
  [0x85, (m) => m.push([m.pop()])],
  [0x86, (m) => m.push(popInOrder(m, 2))],
  [0x87, (m) => m.push(popInOrder(m, 3))],
  ['d', (m) => setAll(m, new Map(), m.popMark())],
  [0x91, (m) => m.push(new Set(m.popMark()))],
  ['a', (m) => change(m, [m.pop()], (target, values) => m.append(target, values))],
  ['e', (m) => change(m, m.popMark(), (target, values) => m.append(target, values))],
  ['s', (m) => change(m, popInOrder(m, 2), (target, pair) => m.setItems(target, pair))],
  ['u', (m) => change(m, m.popMark(), (target, pairs) => m.setItems(target, pairs))],
  [0x90, (m) => change(m, m.popMark(), (target, values) => m.addItems(target, values))],

  // Stack and memo
  ['(', (m) => m.mark()],
  ['0', (m) => m.discard()],
  ['1', (m) => m.popMark()],
  ['2', (m) => m.push(m.top())],
  ['q', (m) => m.remember(m.reader.u8())],
  ['r', (m) => m.remember(m.reader.u32())],
  ['p', (m) => m.remember(indexLine(m))],
  [0x94, (m) => m.rememberNext()],
  ['h', (m) => m.recall(m.reader.u8())],
  ['j', (m) => m.recall(m.reader.u32())],
  ['g', (m) => m.recall(indexLine(m))],

  // Classes, calls and objects: names and records of what was asked
  ['c', (m) => m.global(m.reader.line(), m.reader.line())],
  [0x93, (m) => stackGlobal(m)],
  ['R', (m) => callWith(m, m.pop())],
  [0x81, (m) => callWith(m, m.pop())], // NEWOBJ
  [0x92, (m) => newObjectWithKeywords(m)],
  ['i', (m) => instance(m)],
  ['o', (m) => object(m)],
  ['b', (m) => build(m, m.pop())],
  ['P', (m) => m.persistent(m.reader.line())],
  ['Q', (m) => m.persistent(m.pop())],
];

/** By byte; undefined for what is refused. */
export const opcodes: readonly (Operation | undefined)[] = tableByByte();

function tableByByte(): (Operation | undefined)[] {
  const byByte = new Array<Operation | undefined>(256).fill(undefined);
  for (const [code, operation] of table) byByte[typeof code === 'string' ? code.charCodeAt(0) : code] = operation;
  return byByte;
}

function assertProtocol(machine: Machine, protocol: number): void {
  if (protocol > maxProtocol) {
    throw machine.reader.error(`The pickle says protocol ${protocol}; there are protocols up to ${maxProtocol}.`);
  }
}

function stop(machine: Machine): void {
  machine.stopped = true;
}

function integerLine(machine: Machine, text: string): PyValue {
  // How protocols 0 and 1 write False and True.
  if (text === '00') return false;
  if (text === '01') return true;
  if (!/^[+-]?\d{1,1000}$/.test(text))
    throw machine.reader.error(`"${text.slice(0, 40)}" in the pickle is no integer.`);
  return narrowed(BigInt(text.replace(/^\+/, '')));
}

function indexLine(machine: Machine): number {
  const index = integerLine(machine, machine.reader.line());
  return typeof index === 'number' ? index : Number(index);
}

function popInOrder(machine: Machine, count: number): PyValue[] {
  const values: PyValue[] = [];
  for (let i = 0; i < count; i++) values.push(machine.pop());
  return values.reverse();
}

/** Changes the value on top in place. */
function change(
  machine: Machine,
  values: readonly PyValue[],
  apply: (target: PyValue, values: readonly PyValue[]) => void,
): void {
  apply(machine.top(), values);
}

function setAll(machine: Machine, target: Map<PyValue, PyValue>, pairs: readonly PyValue[]): void {
  machine.setItems(target, pairs);
  machine.push(target);
}

function stackGlobal(machine: Machine): void {
  const name = machine.pop();
  machine.global(machine.pop(), name);
}

function callWith(machine: Machine, args: PyValue): void {
  machine.call(machine.pop(), args);
}

function newObjectWithKeywords(machine: Machine): void {
  const keywords = machine.pop();
  const args = machine.pop();
  const callee = machine.pop();
  if (!Array.isArray(args)) throw machine.reader.error('The pickle makes an object without arguments.');
  machine.call(callee, [...args, keywords]);
}

/** INST: a class by two lines, arguments above the mark. */
function instance(machine: Machine): void {
  // Read before anything changes: a reader may have to fetch more and begin again.
  const [module, name] = [machine.reader.line(), machine.reader.line()];
  const args = machine.popMark();
  machine.global(module, name);
  machine.call(machine.pop(), args);
}

/** OBJ: a class and its arguments above the mark. */
function object(machine: Machine): void {
  const [callee, ...args] = machine.popMark();
  if (!(callee instanceof Ref)) throw machine.reader.error('The pickle makes an object of something that is no class.');
  machine.call(callee, args);
}

/** Known collections keep no attributes; an OrderedDict's `_metadata` is of no use here. */
function build(machine: Machine, state: PyValue): void {
  const target = machine.top();
  if (target instanceof PyObj) target.state = state;
}
