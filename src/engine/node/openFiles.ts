/** The files of one checkpoint on disk, as one address space. */
import { basename } from 'node:path';
import { chooseFiles } from '../../formats/chooseFiles';
import { at } from '../../lib/known';
import { joinedSource, partsOf } from '../../lib/parts';
import { splicedSource } from '../../lib/splice';
import { inflated } from '../inflating';
import type { CheckpointFiles } from '../prune';
import { FileSource } from './fileSource';
import { ScratchFiles } from './scratchFiles';

export interface FilesOnDisk extends Omit<CheckpointFiles, 'repair'> {
  close(): Promise<void>;
}

/**
 * @param paths in any order; what does not belong to the first checkpoint by name is left aside, with a note
 * @throws CheckpointError `file-unreadable`; what inflating compressed weights throws
 */
export async function openFiles(paths: readonly string[]): Promise<FilesOnDisk> {
  const given: { readonly name: string; readonly source: FileSource }[] = [];
  const scratch = new ScratchFiles();
  const close = async () => {
    await scratch.close();
    for (const { source } of given) await source.close();
  };
  try {
    for (const path of paths) given.push({ name: basename(path), source: await FileSource.open(path) });
    const { files, notes } = await chooseFiles(given);
    const made = await inflated(files, scratch.open, { signal: new AbortController().signal, progress: () => {} });
    const sources = made?.files.map((file) => ('name' in file ? file.source : splicedSource(file)));
    const all = sources ?? files.map(({ source }) => source);
    return {
      source: joinedSource(all),
      parts: partsOf(files.map(({ name }, i) => ({ name, size: at(all, i).size }))),
      notes: [...notes, ...(made?.notes ?? [])],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
