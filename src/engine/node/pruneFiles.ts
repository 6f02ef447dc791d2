/** Prunes a checkpoint on disk. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chooseFiles } from '../../formats/chooseFiles';
import type { Kernels } from '../../kernels/kernels';
import { CheckpointError } from '../../lib/errors';
import { joinedSource, partsOf } from '../../lib/parts';
import type { OpenSink } from '../../lib/sink';
import type { Recipe } from '../../pruning/recipe';
import type { CallContext } from '../callContext';
import { type Pruned, prune } from '../prune';
import { FileSink } from './fileSink';
import { FileSource } from './fileSource';

/**
 * @param paths the files of one checkpoint, in any order; what does not belong to it is left aside, with a note
 * @param destination where a single file is written; a folder: there, under the names that exports have
 * @param repairPath of the repaired weights that were saved beside the recipe
 * @returns what was written; the content of each file is its path
 * @throws CheckpointError what `prune` throws
 */
export async function pruneFiles(
  paths: readonly string[],
  destination: string,
  recipe: Recipe,
  kernels: Kernels,
  context: CallContext,
  repairPath?: string,
): Promise<Pruned<string>> {
  const given: { name: string; source: FileSource }[] = [];
  const add = async (path: string) => {
    const opened = { name: basename(path), source: await FileSource.open(path) };
    given.push(opened);
    return opened;
  };
  try {
    for (const path of paths) await add(path);
    const { files, notes } = await chooseFiles([...given]);
    const repair = repairPath === undefined ? undefined : await add(repairPath);
    const source = joinedSource(files.map((file) => file.source));
    const parts = partsOf(files.map(({ name, source: { size } }) => ({ name, size })));
    const open = await filesAt(destination, parts.length, paths);
    return await prune({ source, parts, notes, ...(repair && { repair }) }, recipe, open, kernels, context);
  } finally {
    for (const { source } of given) await source.close();
  }
}

async function filesAt(destination: string, files: number, originals: readonly string[]): Promise<OpenSink<string>> {
  const isFolder = (await statOf(destination))?.isDirectory() ?? false;
  if (!isFolder && files > 1) {
    throw new CheckpointError('write-failed', `${destination} is no folder.`, {
      advice: 'A checkpoint of several files is written into one.',
    });
  }
  return async (name) => {
    const path = isFolder ? join(destination, name) : destination;
    const there = await statOf(path);
    for (const original of originals) {
      const its = await statOf(original);
      if (!there || its?.ino !== there.ino || its.dev !== there.dev) continue;
      throw new CheckpointError('write-failed', `${path} is the original, which is needed as it is.`, {
        advice: 'Choose another place.',
      });
    }
    return FileSink.open(path);
  };
}

function statOf(path: string) {
  return stat(path).catch(() => undefined);
}
