/** All checkpoints among many files, as a folder holds them: a model hub's, a training run's. */
import { CheckpointError } from '../lib/errors';
import { inOrderOfNames } from '../lib/fileNames';
import { getOrInsert } from '../lib/maps';
import { joinedSource, partsOf } from '../lib/parts';
import { checkpointsAmong, type GivenFile } from './chooseFiles';
import { openCheckpoint } from './registry';

/** One of them, with the files that it is made of. */
export interface Surveyed<Given> {
  /** At least one: first the file that it is called by. */
  readonly files: readonly Given[];
  /** As shown; absent where it is damaged, which opening it says. */
  readonly format?: string;
  readonly tensors?: number;
}

export interface Survey<Given> {
  readonly checkpoints: readonly Surveyed<Given>[];
  /** What is none and no part of one: settings, tokenizers, an optimizer's state. */
  readonly rest: readonly Given[];
}

/** So many are looked into; more are listed by their first bytes alone. */
const mostOpened = 200;

/**
 * Files belong together within their folder. Structures are read, no weights.
 * @param given with the folder of each
 */
export async function surveyFiles<Given extends GivenFile & { readonly folder: string }>(
  given: readonly Given[],
): Promise<Survey<Given>> {
  const folders = new Map<string, Given[]>();
  for (const file of given) getOrInsert(folders, file.folder, () => []).push(file);
  const checkpoints: Surveyed<Given>[] = [];
  for (const folder of inOrderOfNames([...folders.keys()].map((name) => ({ name })))) {
    for (const { file, beside } of await checkpointsAmong(inOrderOfNames(folders.get(folder.name) ?? []))) {
      const files = [file, ...beside];
      const found = checkpoints.length < mostOpened ? await lookInto(files) : { files };
      if (found) checkpoints.push(found);
    }
  }
  const taken = new Set(checkpoints.flatMap(({ files }) => files));
  return { checkpoints, rest: given.filter((file) => !taken.has(file)) };
}

/** Undefined for files that hold no model. */
async function lookInto<Given extends GivenFile>(files: readonly Given[]): Promise<Surveyed<Given> | undefined> {
  const source = joinedSource(files.map((file) => file.source));
  const parts = partsOf(files.map(({ name, source: { size } }) => ({ name, size })));
  try {
    const { format, tensors } = await openCheckpoint(source, parts);
    return { files, format, tensors: tensors.length };
  } catch (thrown) {
    if (thrown instanceof CheckpointError && thrown.code === 'unrecognised-file') return undefined;
    return { files };
  }
}
