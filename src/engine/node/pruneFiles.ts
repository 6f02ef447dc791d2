/** Prunes a checkpoint on disk. */
import { basename } from 'node:path';
import type { Kernels } from '../../kernels/kernels';
import type { Recipe } from '../../pruning/recipe';
import type { CallContext } from '../callContext';
import { type Pruned, prune } from '../prune';
import { sinksAt } from './fileSinks';
import { FileSource } from './fileSource';
import { type FilesOnDisk, openFiles } from './openFiles';

/**
 * @param paths the files of one checkpoint, in any order; what does not belong to it is left aside, with a note
 * @param destination where a single file is written; a folder: there, under the names that exports have
 * @param repairPath of the repaired weights that were saved beside the recipe
 * @param referencePaths the files of the checkpoint that criteria compare with
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
  referencePaths?: readonly string[],
): Promise<Pruned<string>> {
  const files = await openFiles(paths);
  let repair: FileSource | undefined;
  let reference: FilesOnDisk | undefined;
  try {
    if (repairPath !== undefined) repair = await FileSource.open(repairPath);
    if (referencePaths !== undefined) reference = await openFiles(referencePaths);
    const open = await sinksAt(destination, files.parts.length, [...paths, ...(referencePaths ?? [])]);
    const beside = repair && repairPath ? { repair: { name: basename(repairPath), source: repair } } : {};
    return await prune({ ...files, ...beside, ...(reference && { reference }) }, recipe, open, kernels, context);
  } finally {
    await repair?.close();
    await reference?.close();
    await files.close();
  }
}
