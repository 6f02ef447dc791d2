/** Of files that were given together, those of one checkpoint. */
import { inOrderOfNames, namesInWords } from '../lib/fileNames';
import type { ByteSource } from '../lib/source';
import type { Format, Note } from './format';
import { formatOf } from './registry';
import { shardSets } from './shards/names';

export interface GivenFile {
  /** Without folders. */
  readonly name: string;
  readonly source: ByteSource;
}

export interface ChosenFiles<Given> {
  /** At least one: first the file that the checkpoint is called by, then those that hold parts of it. */
  readonly files: readonly Given[];
  /** What was left aside, by name. */
  readonly notes: readonly Note[];
}

/** Files that are looked at at the same time. */
const together = 64;

/** A file that a format claims, with the files that belong to it. */
export interface Claimed<Given> {
  readonly format: Format;
  readonly file: Given;
  readonly beside: readonly Given[];
}

/**
 * The first checkpoint by name, with the files that it is made of. Where none of them is one, the largest, so that it is
 * named for what it is when it is opened.
 * @param given at least one
 */
export async function chooseFiles<Given extends GivenFile>(given: readonly Given[]): Promise<ChosenFiles<Given>> {
  const [only] = given;
  if (only && given.length === 1) return { files: [only], notes: [] };
  const inOrder = inOrderOfNames(given);
  const checkpoints = await checkpointsAmong(inOrder);
  const firstOf = checkpoints.find(({ format }) => !format.yields) ?? checkpoints[0];
  const first = firstOf ?? { file: largest(given), beside: [] };
  const files = [first.file, ...first.beside];
  const taken = new Set(files);
  const others = checkpoints.filter(({ file }) => !taken.has(file));
  for (const { file, beside } of others) for (const each of [file, ...beside]) taken.add(each);
  const rest = inOrder.filter((file) => !taken.has(file));
  return {
    files,
    notes: notesOn(
      first.file,
      others.map(({ file }) => file),
      rest,
    ),
  };
}

/** Every file that is a checkpoint, with the files that belong to it. @param inOrder of names */
export async function checkpointsAmong<Given extends GivenFile>(inOrder: readonly Given[]): Promise<Claimed<Given>[]> {
  const sets = shardSets(inOrder);
  const claimed: Claimed<Given>[] = [];
  for (let next = 0; next < inOrder.length; next += together) {
    const claims = inOrder.slice(next, next + together).map((file) => claim(file, inOrder, sets));
    for (const each of await Promise.all(claims)) if (each) claimed.push(each);
  }
  const held = new Set(claimed.flatMap(({ beside }) => beside));
  // Raw weights may begin like anything: what a model says is its own is no model of its own.
  const own = claimed.filter(({ file }) => !held.has(file));
  return own.length > 0 ? own : claimed.slice(0, 1);
}

async function claim<Given extends GivenFile>(
  file: Given,
  all: readonly Given[],
  sets: ReadonlyMap<Given, readonly Given[]>,
): Promise<Claimed<Given> | undefined> {
  // A folder that was dropped is a file that cannot be read: whoever opens it says so.
  const format = await formatOf(file.source, file.name).catch(() => undefined);
  if (!format) return undefined;
  // The first of a set stands for all of it.
  const [first, ...siblings] = sets.get(file) ?? [];
  if (format.hasShards && first === file) return { format, file, beside: siblings };
  return { format, file, beside: await besideOf(format, file, all) };
}

/** A file whose structure is damaged has nothing beside it: opening it says what is wrong. */
async function besideOf<Given extends GivenFile>(
  format: Format,
  { name, source }: Given,
  all: readonly Given[],
): Promise<Given[]> {
  if (!format.beside || all.length < 2) return [];
  const others = all.filter((other) => other.name !== name);
  const given = others.map((other) => other.name);
  const names = new Set(await format.beside(source, name, given).catch((): string[] => []));
  return others.filter((other) => names.has(other.name));
}

function largest<Given extends GivenFile>(given: readonly Given[]): Given {
  return given.reduce((most, file) => (file.source.size > most.source.size ? file : most));
}

function notesOn(opened: GivenFile, others: readonly GivenFile[], rest: readonly GivenFile[]): Note[] {
  const notes: Note[] = [];
  const were = ({ length }: readonly GivenFile[]) => (length === 1 ? 'was' : 'were');
  const named = (files: readonly GivenFile[]) => namesInWords(files.map(({ name }) => name));
  if (others.length > 0) {
    const text = `${named(others)} ${were(others)} left aside: one checkpoint is opened at a time.`;
    notes.push({ severity: 'warning', text });
  }
  if (rest.length > 0) {
    notes.push({ severity: 'info', text: `${named(rest)} ${were(rest)} left aside: no part of ${opened.name}.` });
  }
  return notes;
}
