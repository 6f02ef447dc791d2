/** Checkpoints that are many files: shards with an index, or shards whose names say what they are. */
import { CheckpointError } from '../../lib/errors';
import { namesInWords } from '../../lib/fileNames';
import { at } from '../../lib/known';
import { formatQuantity } from '../../lib/numbers';
import { firstPart, type Part, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Checkpoint, Format, Note } from '../format';
import { joinShards, type Shard } from './join';
import { missingSiblings } from './names';
import { readIndex, type ShardIndex } from './shardIndex';
import { looksLikeIndex } from './sniff';

/** Files that are opened at the same time: each is a few small reads that wait for the browser. */
const together = 16;

type Open = (source: ByteSource, parts: readonly Part[]) => Promise<Checkpoint>;

/**
 * The index is the first part, and stays as it is.
 * @param openOne opens a single shard, whatever format it has
 */
export function indexOfShards(openOne: Open): Format {
  return {
    sniff: looksLikeIndex,

    async beside(source, fileName, names) {
      const { files } = await readIndex(source, fileName);
      return names.filter((name) => files.has(name));
    },

    async open(source, parts) {
      const indexPart = firstPart(parts);
      const index = await readIndex(sourceOfPart(source, indexPart), indexPart.name);
      const missing = [...index.files].filter((file) => !parts.some(({ name }) => name === file));
      if (parts.length === 1) throw nothingBeside(indexPart.name, index, missing);
      const shards = await openAll(source, parts.slice(1), openOne);
      const checkpoint = joinShards(parts, shards);
      const notes = [...missingNotes(missing), ...outsideNotes(index), ...disagreements(index, shards)];
      return { ...checkpoint, notes: [...notes, ...checkpoint.notes] };
    },
  };
}

/** @param parts whose names say that they are shards of one */
export async function openShards(source: ByteSource, parts: readonly Part[], openOne: Open): Promise<Checkpoint> {
  const shards = await openAll(source, parts, openOne);
  const only = at(shards, 0).checkpoint;
  const checkpoint = shards.length === 1 ? { ...only, parts } : joinShards(parts, shards);
  const missing = missingSiblings(parts.map(({ name }) => name));
  return { ...checkpoint, notes: [...missingNotes(missing), ...checkpoint.notes] };
}

async function openAll(source: ByteSource, parts: readonly Part[], openOne: Open): Promise<Shard[]> {
  const shards: Shard[] = [];
  for (let next = 0; next < parts.length; next += together) {
    const opened = parts.slice(next, next + together).map(async (part) => {
      const file = sourceOfPart(source, part);
      return { part, checkpoint: await openOne(file, [{ ...part, start: 0, end: file.size }]) };
    });
    for (const shard of await Promise.all(opened)) shards.push(shard);
  }
  return shards;
}

function nothingBeside(fileName: string, { files, outside }: ShardIndex, missing: readonly string[]): CheckpointError {
  if (files.size === 0) {
    const text = `${fileName} says that the weights are in ${namesInWords([...outside])}, which is no place beside it.`;
    return new CheckpointError('malformed-file', text, { file: fileName });
  }
  const [are, is] = missing.length === 1 ? ['is', 'it is'] : ['are', 'they are'];
  return new CheckpointError(
    'missing-file',
    `${fileName} is an index: its weights are in ${namesInWords(missing)}, which ${are} missing.`,
    {
      file: fileName,
      advice: `Drop the index and its ${formatQuantity(missing.length, 'shard')} together, or the folder that ${is} in.`,
    },
  );
}

function missingNotes(missing: readonly string[]): Note[] {
  if (missing.length === 0) return [];
  const are = missing.length === 1 ? 'is' : 'are';
  const text = `${namesInWords(missing)} ${are} missing: this is a part of the checkpoint, and what is ranked over the whole model is ranked over this part. Drop all shards together.`;
  return [{ severity: 'warning', text }];
}

function outsideNotes({ outside }: ShardIndex): Note[] {
  if (outside.size === 0) return [];
  const text = `The index names ${namesInWords([...outside])}, which is no place beside it, and was not followed.`;
  return [{ severity: 'warning', text }];
}

/** Where the index says one thing and the files another: the files are what loads. */
function disagreements({ places }: ShardIndex, shards: readonly Shard[]): Note[] {
  const found = new Map<string, string>();
  for (const { part, checkpoint } of shards) {
    for (const { name } of checkpoint.judged?.tensors ?? []) found.set(name, part.name);
  }
  const given = new Set(shards.map(({ part }) => part.name));
  const elsewhere: string[] = [];
  const absent: string[] = [];
  for (const [name, file] of places) {
    const where = found.get(name);
    if (where === undefined && given.has(file)) absent.push(name);
    else if (where !== undefined && where !== file) elsewhere.push(name);
  }
  const unlisted = [...found.keys()].filter((name) => !places.has(name));
  return [
    ...disagreement(absent, (names) => `The index says that ${names} would be in a shard that does not hold it.`),
    ...disagreement(elsewhere, (names) => `${names}: in another shard than the index says.`),
    ...disagreement(unlisted, (names) => `The index does not list ${names}: what loads by it may leave that out.`),
  ];
}

const mostShown = 3;

function disagreement(names: readonly string[], say: (names: string) => string): Note[] {
  if (names.length === 0) return [];
  const rest = names.length - mostShown;
  const shown = names.slice(0, mostShown).map((name) => `"${name.slice(0, 100)}"`);
  const text = say(rest > 0 ? `${shown.join(', ')} and ${formatQuantity(rest, 'other tensor')}` : namesInWords(shown));
  return [{ severity: 'warning', text }];
}
