/**
 * Names as far as there is room: what is left out is what they share with their neighbours, and never what tells them
 * apart. `model.layers.17.self_attn.q_proj.weight` → `…layers.17.…q_proj.weight`
 */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { moduleEnds } from '../../tensors/moduleTree';

/** A run of a name. `said`: by the groups around its row. `cut`: an ellipsis stands for it. */
export interface NameRun {
  readonly text: string;
  readonly as: 'said' | 'cut' | 'shown';
}

/** Parts at the end of a name that always stay: the module and its parameter. */
const keptAtEnd = 2;

/** More names of one ending than this are not compared with each other. */
const mostTwins = 2000;

/** What stays of the start of a part that is cut within, and the least that is cut: an ellipsis takes room, too. */
const keptAtStart = 2;
const leastCut = 3;

/** The names that end as a name does: where their ends are the same, their beginnings tell them apart. */
export class NameTwins {
  private readonly byEnding = new Map<string, (readonly string[])[]>();
  /** Length of the modules that all of them begin with. */
  readonly sharedStart: number;
  readonly longest: string;

  constructor(names: readonly string[]) {
    this.sharedStart = sharedModules(names);
    this.longest = names.reduce((longest, name) => (name.length > longest.length ? name : longest), '');
    for (const name of names) {
      const parts = partsOf(name);
      const twins = getOrInsert(this.byEnding, endingOf(parts), () => []);
      if (twins.length < mostTwins) twins.push(parts);
    }
  }

  /** The others, in their parts. */
  of(name: string): readonly (readonly string[])[] {
    return (this.byEnding.get(endingOf(partsOf(name))) ?? []).filter((twin) => twin.join('') !== name);
  }
}

/**
 * @param from where the name begins for a reader
 * @param room as `widthOf` measures
 */
export function shortName(
  name: string,
  from: number,
  room: number,
  twins: NameTwins,
  widthOf: (text: string) => number,
): NameRun[] {
  const said: NameRun[] = from > 0 ? [{ text: name.slice(0, from), as: 'said' }] : [];
  if (widthOf(name.slice(from)) <= room) return [...said, { text: name.slice(from), as: 'shown' }];
  const parts = partsOf(name);
  const first = firstFrom(parts, from);
  const others = twins.of(name);
  /** By part: the characters that are left out. */
  const cuts = parts.map((): Cut => [0, 0]);
  const runs = () => runsOf(parts, first, cuts);
  const fits = () => runs().reduce((sum, run) => sum + widthOf(run.as === 'cut' ? '…' : run.text), 0) <= room;
  for (const part of leastTelling(parts, first)) {
    cuts[part] = [0, at(parts, part).length];
    if (!isTold(parts, cuts, others)) cuts[part] = [0, 0];
    else if (fits()) return [...said, ...runs()];
  }
  for (const part of longestFirst(parts, first)) {
    const [from, to] = at(cuts, part);
    const shared = sharedStart(parts, part, others);
    if (to > from || shared - keptAtStart < leastCut) continue;
    cuts[part] = [keptAtStart, shared];
    if (fits()) break;
  }
  return [...said, ...runs()];
}

function sharedModules(names: readonly string[]): number {
  const [first = '', ...others] = names;
  const ends = others.length === 0 ? [] : moduleEnds(first);
  const isShared = (end: number) => others.every((name) => name.length > end && name.startsWith(first.slice(0, end)));
  // A number says nothing without the list that it is in.
  const isNumbered = (end: number) => names.some((name) => /^\d+(?:[./]|$)/.test(name.slice(end)));
  const upTo = ends.findIndex((end) => !isShared(end));
  return (upTo < 0 ? ends : ends.slice(0, upTo)).findLast((end) => !isNumbered(end)) ?? 0;
}

type Cut = readonly [from: number, to: number];

/** A name in parts that together are it. One without dots and slashes is read by its underscores. */
function partsOf(name: string): string[] {
  const ends = moduleEnds(name);
  if (ends.length === 0) return name.match(/[^_:-]*[_:-]+|[^_:-]+$/g) ?? [name];
  return [...ends, name.length].map((end, i) => name.slice(i === 0 ? 0 : at(ends, i - 1), end));
}

function endingOf(parts: readonly string[]): string {
  return parts.slice(-keptAtEnd).join('');
}

/** The part that begins at a place of the name. */
function firstFrom(parts: readonly string[], from: number): number {
  let [part, place] = [0, 0];
  while (part < parts.length && place < from) place += at(parts, part++).length;
  return part;
}

/** Parts that may be left out, in that order: those nearest to the module first, a list before its number last. */
function leastTelling(parts: readonly string[], first: number): number[] {
  const isNumber = (part: number) => /^\d+\D?$/.test(parts[part] ?? '');
  const rank = (part: number) => (isNumber(part) ? 2 : isNumber(part + 1) ? 1 : 0);
  const paths = pathParts(parts, first);
  return paths.sort((a, b) => rank(a) - rank(b) || b - a);
}

function longestFirst(parts: readonly string[], first: number): number[] {
  return pathParts(parts, first).sort((a, b) => at(parts, b).length - at(parts, a).length);
}

function pathParts(parts: readonly string[], first: number): number[] {
  return Array.from({ length: Math.max(0, parts.length - keptAtEnd - first) }, (_, i) => first + i);
}

/** Whether none of the others could be meant, too. */
function isTold(parts: readonly string[], cuts: readonly Cut[], others: readonly (readonly string[])[]): boolean {
  const isShown = cuts.map(([from, to]) => to === from);
  const lead = isShown.indexOf(false);
  const tail = parts.length - 1 - isShown.lastIndexOf(false);
  return others.every((other) => {
    if (other.length === parts.length) return parts.some((part, i) => isShown[i] && part !== other[i]);
    const shift = other.length - parts.length;
    return parts.some((part, i) => {
      if (i < lead) return part !== other[i];
      return i >= parts.length - tail && part !== other[i + shift];
    });
  });
}

/** How far a part is as it is in all other names of as many parts that differ in it. */
function sharedStart(parts: readonly string[], index: number, others: readonly (readonly string[])[]): number {
  const part = at(parts, index);
  let shared = part.length - 1;
  for (const other of others) {
    const value = other[index];
    if (value === undefined || value === part || other.length !== parts.length) continue;
    let same = 0;
    while (same < shared && part[same] === value[same]) same++;
    shared = same;
  }
  return shared;
}

function runsOf(parts: readonly string[], first: number, cuts: readonly Cut[]): NameRun[] {
  const runs: { text: string; as: NameRun['as'] }[] = [];
  const add = (text: string, as: NameRun['as']) => {
    const before = runs.at(-1);
    if (text === '') return;
    if (before?.as === as) before.text += text;
    else runs.push({ text, as });
  };
  for (let i = first; i < parts.length; i++) {
    const part = at(parts, i);
    const [from, to] = at(cuts, i);
    add(part.slice(0, from), 'shown');
    add(part.slice(from, to), 'cut');
    add(part.slice(to), 'shown');
  }
  return runs;
}
