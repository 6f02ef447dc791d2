/** Files and the folders they lie in: a folder is a class of a labelled set. */
import { folderOf, pathTo } from '../../../state/folders';
import { rememberHandle } from '../../../state/work/handles';

export interface DroppedFiles {
  readonly files: readonly File[];
  /** One per file, '' where there is none. */
  readonly folders: readonly string[];
  /** Those of folders from the one that was dropped down: `run/checkpoint-500`. Absent where no folder was dropped. */
  readonly paths?: readonly string[];
}

/** Everything in what was dropped, folders read to their depth. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFiles> {
  // The list is emptied once the event is over: entries are taken before anything is awaited.
  const entries = [...transfer.items].map((each) => each.webkitGetAsEntry()).filter((entry) => entry !== null);
  const plain = [...transfer.files];
  if (!entries.some(({ isDirectory }) => isDirectory)) {
    await rememberHandles(transfer, plain);
    return { files: plain, folders: plain.map(() => '') };
  }
  const found: FoundFile[] = [];
  for (const entry of entries) await collect(entry, found);
  return {
    files: found.map(({ file }) => file),
    folders: found.map(({ path }) => folderOf(path)),
    paths: found.map(({ path }) => pathTo(path)),
  };
}

/** What browsers have beyond the types of the DOM: some of them. */
interface WithHandle {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** By them the files can be opened on the next visit. Called within the event, as long as there are items. */
async function rememberHandles({ items }: DataTransfer, files: readonly File[]): Promise<void> {
  const ofFiles = [...items].filter(({ kind }) => kind === 'file') as WithHandle[];
  const handles = await Promise.all(ofFiles.map((item) => item.getAsFileSystemHandle?.().catch(() => null)));
  files.forEach((file, i) => {
    const handle = handles[i];
    if (handle?.kind === 'file') rememberHandle(file, handle as FileSystemFileHandle);
  });
}

interface FoundFile {
  readonly file: File;
  readonly path: string;
}

async function collect(entry: FileSystemEntry, found: FoundFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, path: entry.fullPath });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // In portions of some hundred; an empty one ends it.
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return;
    for (const each of portion) await collect(each, found);
  }
}
