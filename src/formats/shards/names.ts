/** Names of files that say they are parts of one checkpoint: `model-00001-of-00003.safetensors`. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';

export interface ShardName {
  /** What its name shares with those of its siblings alone. */
  readonly set: string;
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

const pattern = /^(.*[-_.])(\d{2,6})(-of-)(\d{2,6})((?:\.[^/\\]+)+)$/s;

/** Undefined where the name says nothing of the kind, or that there is one. */
export function shardName(fileName: string): ShardName | undefined {
  const match = pattern.exec(fileName);
  if (!match) return undefined;
  const [, stem = '', digits = '', , total = '', extension = ''] = match;
  const [number, of] = [Number(digits), Number(total)];
  if (of < 2 || number < 1 || number > of) return undefined;
  return { set: JSON.stringify([stem, digits.length, total, extension]), number, of };
}

/** The name of another of its set. */
export function siblingName(fileName: string, number: number): string {
  return fileName.replace(pattern, (_, stem: string, digits: string, of: string, total: string, extension: string) =>
    [stem, String(number).padStart(digits.length, '0'), of, total, extension].join(''),
  );
}

/** What the whole is called: without the number of a shard, or what says that it is an index. */
export function wholeName(fileName: string): string {
  const match = pattern.exec(fileName);
  if (match) return at(match, 1).slice(0, -1) + at(match, 5);
  return fileName.replace(/\.index\.json$/i, '');
}

/** Of files that were given, those that say they are shards of one: in the order of their numbers, one of each. */
export function shardSets<Named extends { readonly name: string }>(
  files: readonly Named[],
): ReadonlyMap<Named, Named[]> {
  const sets = new Map<string, Map<number, Named>>();
  for (const file of files) {
    const shard = shardName(file.name);
    if (!shard) continue;
    const members = getOrInsert(sets, shard.set, () => new Map<number, Named>());
    if (!members.has(shard.number)) members.set(shard.number, file);
  }
  const bySibling = new Map<Named, Named[]>();
  for (const members of sets.values()) {
    const inOrder = [...members].sort(([a], [b]) => a - b).map(([, file]) => file);
    for (const file of inOrder) bySibling.set(file, inOrder);
  }
  return bySibling;
}

/** Numbers of a set that are not among the files given. */
export function missingSiblings(names: readonly string[]): string[] {
  const [first = ''] = names;
  const of = shardName(first)?.of ?? 0;
  const there = new Set(names.map((name) => shardName(name)?.number));
  const missing: string[] = [];
  for (let number = 1; number <= of; number++) if (!there.has(number)) missing.push(siblingName(first, number));
  return missing;
}
