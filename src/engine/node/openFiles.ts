/** The files of one checkpoint on disk, as one address space. */
import { basename } from 'node:path';
import { chooseFiles } from '../../formats/chooseFiles';
import { joinedSource, partsOf } from '../../lib/parts';
import type { CheckpointFiles } from '../prune';
import { FileSource } from './fileSource';

export interface FilesOnDisk extends Omit<CheckpointFiles, 'repair'> {
  close(): Promise<void>;
}

/**
 * @param paths in any order; what does not belong to the first checkpoint by name is left aside, with a note
 * @throws CheckpointError `file-unreadable`
 */
export async function openFiles(paths: readonly string[]): Promise<FilesOnDisk> {
  const given: { readonly name: string; readonly source: FileSource }[] = [];
  const close = async () => {
    for (const { source } of given) await source.close();
  };
  try {
    for (const path of paths) given.push({ name: basename(path), source: await FileSource.open(path) });
    const { files, notes } = await chooseFiles(given);
    return {
      source: joinedSource(files.map(({ source }) => source)),
      parts: partsOf(files.map(({ name, source: { size } }) => ({ name, size }))),
      notes,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
