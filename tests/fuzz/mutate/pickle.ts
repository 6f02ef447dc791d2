/** Pickles cut, doubled and swapped between opcodes, with hostile programs in them or in their place. */
import type { Random } from '../random';
import { hostilePickles } from './hostilePickles';
import { type Bytes, joined, type Mutation, rearranged, someRange } from './mutation';

/** Bytes of an argument by opcode (pickletools): a number; a letter for a length in front, or lines. */
const lengths = new Map<string, number | 'line' | 'two lines' | 1 | 4 | 8 | 'u8' | 'u32' | 'u64'>([
  ...[...'()]}.012NQRbadestlou'].map((code) => [code, 0] as const),
  ...[
    '\x81',
    '\x85',
    '\x86',
    '\x87',
    '\x88',
    '\x89',
    '\x8f',
    '\x90',
    '\x91',
    '\x92',
    '\x93',
    '\x94',
    '\x97',
    '\x98',
  ].map((code) => [code, 0] as const),
  ...[...'FILPSVgp'].map((code) => [code, 'line'] as const),
  ...[...'ci'].map((code) => [code, 'two lines'] as const),
  ...['K', 'h', 'q', '\x80', '\x82'].map((code) => [code, 1] as const),
  ...['M', '\x83'].map((code) => [code, 2] as const),
  ...['J', 'j', 'r', '\x84'].map((code) => [code, 4] as const),
  ...['G', '\x95'].map((code) => [code, 8] as const),
  ...['U', 'C', '\x8a', '\x8c'].map((code) => [code, 'u8'] as const),
  ...['X', 'T', 'B', '\x8b'].map((code) => [code, 'u32'] as const),
  ...['\x8d', '\x8e', '\x96'].map((code) => [code, 'u64'] as const),
]);

/** Opcodes with their arguments, of several pickles one behind the other too: what follows the last is one piece more. Undefined where bytes are no pickle. */
function opcodesOf(bytes: Bytes): Bytes[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const found: Bytes[] = [];
  let at = 0;
  let ended = 0;
  const whole = () =>
    ended > 0
      ? [...found.slice(0, ended), bytes.slice(found.slice(0, ended).reduce((sum, { length }) => sum + length, 0))]
      : undefined;
  while (at < bytes.length) {
    const code = String.fromCharCode(bytes[at]!);
    const kind = lengths.get(code);
    if (kind === undefined) return whole();
    let end = at + 1;
    if (typeof kind === 'number') end += kind;
    else if (kind === 'line' || kind === 'two lines') {
      for (let lines = kind === 'line' ? 1 : 2; lines > 0; lines--) {
        const newline = bytes.indexOf(10, end);
        if (newline < 0) return whole();
        end = newline + 1;
      }
    } else {
      const width = kind === 'u8' ? 1 : kind === 'u32' ? 4 : 8;
      if (end + width > bytes.length) return whole();
      const length = width === 1 ? view.getUint8(end) : view.getUint32(end, true);
      end += width + length;
    }
    if (end > bytes.length) return whole();
    found.push(bytes.slice(at, end));
    at = end;
    if (code === '.') ended = found.length;
  }
  return whole();
}

/** @returns undefined but for pickles with a protocol in front, as all that torch writes have */
const damaged: Mutation = (bytes, random) => {
  if (bytes[0] !== 0x80 || bytes.length < 4) return undefined;
  const opcodes = opcodesOf(bytes);
  if (!opcodes || opcodes.length < 3) return undefined;
  const [start, end] = someRange(opcodes.length, random, 24);
  switch (random.below(7)) {
    case 0:
      return joined(...opcodes.slice(0, end));
    case 1:
      return joined(...opcodes.slice(0, start), ...opcodes.slice(end));
    case 2:
      return joined(...opcodes.slice(0, end), ...opcodes.slice(start));
    case 3:
      return joined(...rearranged(opcodes, random));
    case 4:
      return random.pick(hostilePickles)(random);
    case 5:
      return joined(...opcodes.slice(0, start), body(random.pick(hostilePickles)(random)), ...opcodes.slice(start));
    default:
      return joined(...opcodes.map((opcode, i) => (i === start ? withOtherArgument(opcode, random) : opcode)));
  }
};

/** Without its protocol and its end: to stand within another. */
function body(pickle: Bytes): Bytes {
  return pickle.slice(pickle[0] === 0x80 ? 2 : 0, -1);
}

function withOtherArgument(opcode: Bytes, random: Random): Bytes {
  const copy = opcode.slice();
  for (let i = 1; i < copy.length; i++)
    if (copy.length < 4 || random.chance(0.3)) copy[i] = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x2d, 0x0a]);
  return copy;
}

export const pickleMutations: readonly Mutation[] = [damaged];
