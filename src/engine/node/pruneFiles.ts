/** Prunes a checkpoint on disk. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Kernels } from '../../kernels/kernels';
import { CheckpointError } from '../../lib/errors';
import { joinedSource, partsOf } from '../../lib/parts';
import type { OpenSink } from '../../lib/sink';
import type { Recipe } from '../../pruning/recipe';
import type { CallContext } from '../callContext';
import type { PrunedFiles } from '../exports/exportPruned';
import { prune } from '../prune';
import { FileSink } from './fileSink';
import { FileSource } from './fileSource';

/**
 * @param paths the files of one checkpoint, the one that it is called by first
 * @param destination where a single file is written; a folder: there, under the names that exports have
 * @returns what was written; the content of each file is its path
 * @throws CheckpointError what `prune` throws
 */
export async function pruneFiles(
  paths: readonly string[],
  destination: string,
  recipe: Recipe,
  kernels: Kernels,
  context: CallContext,
): Promise<PrunedFiles<string>> {
  const sources: FileSource[] = [];
  try {
    for (const path of paths) sources.push(await FileSource.open(path));
    const parts = partsOf(sources.map(({ size }, i) => ({ name: basename(paths[i] ?? ''), size })));
    const open = await filesAt(destination, paths);
    return await prune(joinedSource(sources), parts, recipe, open, kernels, context);
  } finally {
    for (const source of sources) await source.close();
  }
}

async function filesAt(destination: string, originals: readonly string[]): Promise<OpenSink<string>> {
  const isFolder = (await statOf(destination))?.isDirectory() ?? false;
  if (!isFolder && originals.length > 1) {
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
