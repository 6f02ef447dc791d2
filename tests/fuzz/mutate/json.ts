/** JSON whose structure is damaged: other values, deep nesting, doubled keys, hostile names. Also as the header of safetensors. */
import { hostileNames } from '../../support/hostileNames';
import type { Random } from '../random';
import { type Bytes, joined, type Mutation, rearranged } from './mutation';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** JSON that `JSON.stringify` would not write stands in its text for itself. */
const raw = (text: string) => `\u0001${text}\u0002`;

const values: readonly ((random: Random) => Json)[] = [
  () => null,
  (random) => random.chance(0.5),
  (random) => random.pick([0, 1, -1, -0.5, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e21, 1e308]),
  (random) =>
    raw(random.pick(['1e999', '-1e999', '-0', '9007199254740993', '18446744073709551616', '1E2', '0.0', 'NaN'])),
  (random) => random.pick(hostileNames),
  (random) => 'n'.repeat(random.pick([1000, 100_000])),
  () => [],
  () => ({}),
  (random) => Array.from({ length: random.pick([1, 2, 70, 5000]) }, () => random.pick([0, 1, 2 ** 31, 2 ** 52])),
  (random) => nested(random.pick([20, 600, 20_000]), random),
];

function nested(depth: number, random: Random): Json {
  return random.chance(0.5)
    ? raw('['.repeat(depth) + ']'.repeat(depth))
    : raw('{"a":'.repeat(depth) + 0 + '}'.repeat(depth));
}

type Place =
  | { readonly within: Json[]; readonly key: number }
  | { readonly within: { [key: string]: Json }; readonly key: string };

function placesOf(root: Json): Place[] {
  const places: Place[] = [];
  const queue = [root];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const [key, item] of value.entries()) {
        places.push({ within: value, key });
        queue.push(item);
      }
    } else {
      for (const [key, item] of Object.entries(value)) {
        places.push({ within: value, key });
        queue.push(item);
      }
    }
  }
  return places;
}

function get({ within, key }: Place): Json {
  return (within as Record<string | number, Json>)[key]!;
}

function set({ within, key }: Place, value: Json): void {
  (within as Record<string | number, Json>)[key] = value;
}

/** Text of a document that was damaged at one to three places; undefined where the text is no JSON document, or too deep to be written. */
export function damagedJson(text: string, random: Random): string | undefined {
  let root: Json;
  try {
    root = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (let left = 1 + random.below(3); left > 0; left--) {
    const places = placesOf(root);
    if (places.length === 0) return undefined;
    damage(random.pick(places), places, random);
  }
  return writtenText(root)?.replace(/"\\u0001(.*?)\\u0002"/g, (_, text: string) => text.replaceAll('\\"', '"'));
}

function writtenText(root: Json): string | undefined {
  try {
    return JSON.stringify(root);
  } catch {
    return undefined;
  }
}

function damage(place: Place, places: readonly Place[], random: Random): void {
  const { within, key } = place;
  const value = get(place);
  const kind = random.below(8);
  if (kind === 0) {
    if (Array.isArray(within)) within.splice(Number(key), 1);
    else delete within[key];
  } else if (kind === 1) {
    const other = random.pick(places);
    const before = get(other);
    // A value within itself would never end.
    const isPlain = typeof value !== 'object' && typeof before !== 'object';
    if (isPlain) set(other, value);
    set(place, isPlain ? before : random.pick(values)(random));
  } else if (kind === 2 && Array.isArray(value)) set(place, rearranged(value, random));
  else if (kind === 2 && typeof value === 'number') {
    set(place, random.pick([value + 1, value - 1, -value, value * 2 ** 20]));
  } else if (kind === 3 && Array.isArray(within))
    within.splice(Number(key), 0, value === null || typeof value !== 'object' ? value : []);
  else if (kind === 3) {
    // The same key twice in the text.
    const text = writtenText(value) ?? '0';
    set(place, raw(`${text},${JSON.stringify(key)}:${text}`.replace(/\\./g, '')));
  } else if (kind === 4 && !Array.isArray(within)) {
    const name = random.pick(hostileNames);
    Object.defineProperty(within, name, { value, enumerable: true, configurable: true, writable: true });
  } else set(place, random.pick(values)(random));
}

const document: Mutation = (bytes, random) => {
  const first = bytes.find((byte) => byte > 0x20);
  if (first !== 0x7b && first !== 0x5b) return undefined;
  const text = damagedJson(new TextDecoder().decode(bytes), random);
  return text === undefined ? undefined : encoded(text);
};

/** Eight bytes of length, the header, the tensors: the length is right, but when it is meant to lie. */
const safetensors: Mutation = (bytes, random) => {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return undefined;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return undefined;
  const text = damagedJson(new TextDecoder().decode(bytes.subarray(8, 8 + length)), random);
  if (text === undefined) return undefined;
  const header = encoded(text + ' '.repeat(random.below(9)));
  const size = new Uint8Array(8);
  const lie = random.chance(0.1) ? random.pick([-1, 1, -8, 8]) : 0;
  new DataView(size.buffer).setBigUint64(0, BigInt(Math.max(0, header.length + lie)), true);
  return joined(size, header, bytes.subarray(8 + length));
};

function encoded(text: string): Bytes {
  return joined(new TextEncoder().encode(text));
}

export const jsonMutations: readonly Mutation[] = [document, safetensors];
