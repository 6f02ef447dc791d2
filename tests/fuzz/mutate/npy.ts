/** Headers of NumPy's arrays that say something else than what follows them. */
import { joined, type Mutation } from './mutation';

const dtypes = [
  '<f4',
  '>f8',
  '|O',
  '<f2',
  '|S0',
  '|S99999999999',
  '<U4',
  '<M8[ns]',
  '|V8',
  '|b1',
  '<i3',
  "[('a', '<f4')]",
  '',
  '<f4\\n',
  '|u1',
  '<c8',
  '=f4',
  '<f16',
];
const shapes = [
  '()',
  '(0,)',
  '(-1,)',
  '(4)',
  '(1e3,)',
  '(4L,)',
  '(99999999999999999999,)',
  '(4294967296, 4294967296)',
  '(0, 9007199254740993)',
  '(True,)',
  '(1.5,)',
  '[4]',
  `(${'1, '.repeat(70)})`,
  `(${'('.repeat(5000)}`,
  'None',
  '(2, 2',
];

const header: Mutation = (bytes, random) => {
  if (bytes[0] !== 0x93 || bytes[1] !== 0x4e || bytes.length < 12) return undefined;
  const wide = bytes[6] !== 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const choice = random.below(6);
  let other = text;
  if (choice < 2) other = text.replace(/'shape': *\([^)]*\)/, () => `'shape': ${random.pick(shapes)}`);
  else if (choice === 2) other = text.replace(/'descr': *'[^']*'/, () => `'descr': '${random.pick(dtypes)}'`);
  else if (choice === 3)
    other = text.replace(/False|True/, random.pick(['True', 'False', 'None', '1', "__import__('os')"]));
  else if (choice === 4)
    other = text.replace('{', `{${random.pick(["'shape': (1,), ", "'x': 1, ", "'descr': '<f8', ", '{', '\0'])}`);
  else other = text.slice(0, random.below(text.length));
  const body = Uint8Array.from(other, (character) => character.charCodeAt(0));
  const told = Math.max(0, body.length + (random.chance(0.15) ? random.pick([-1, 1, 60_000]) : 0));
  const size = new Uint8Array(wide ? 4 : 2);
  if (wide) new DataView(size.buffer).setUint32(0, told, true);
  else new DataView(size.buffer).setUint16(0, Math.min(told, 0xffff), true);
  const version = bytes.slice(0, 8);
  if (random.chance(0.1)) version[6] = random.pick([0, 2, 3, 4, 255]);
  return joined(version, size, body, bytes.subarray(start + length));
};

export const npyMutations: readonly Mutation[] = [header];
