/** Files of earlier visits, opened again: by their handles, from the samples, or chosen once more. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { CheckpointError } from '../../lib/errors';
import { screen } from '../screen';
import { studio } from '../store';
import { rememberHandle } from './handles';
import { keeper } from './keeping';
import type { KeptFile, WorkSummary } from './shelf';

/** What the browser has beyond the types of the DOM. */
interface Permitted {
  requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>;
}
type Picker = (options: { readonly multiple: boolean }) => Promise<FileSystemFileHandle[]>;

export interface Recent {
  readonly files: readonly KeptFile[];
  /** Ids of work that tabs go on with. */
  readonly claimed: ReadonlySet<string>;
}

const recent = createStore<Recent>(() => ({ files: [], claimed: new Set() }));

/** What lies on the shelf; nothing where the browser keeps nothing. */
export async function refreshRecent(): Promise<void> {
  try {
    const [files, claimed] = await Promise.all([keeper.files(), keeper.claimed()]);
    recent.setState({ files, claimed });
  } catch {
    // The studio says so once there is something to lose.
  }
}

export function useRecent<Selected>(selector: (state: Recent) => Selected): Selected {
  return useStore(recent, selector);
}

/** The newest work that no tab goes on with, and its file. */
export function workLeft({
  files,
  claimed,
}: Recent): { readonly file: KeptFile; readonly work: WorkSummary } | undefined {
  const left = files.flatMap((file) => file.works.filter(({ id }) => !claimed.has(id)).map((work) => ({ file, work })));
  return left.sort((one, other) => other.work.at - one.work.at)[0];
}

/** Whether a person has to choose the file once more. */
export function hasToBeChosen({ sample, handles }: KeptFile): boolean {
  return sample === null && handles.length === 0;
}

/** @param work to go on with once it is open; absent: it is only opened */
export async function openAgain(file: KeptFile, work?: WorkSummary): Promise<void> {
  const { hash, fileName, sample } = file;
  if (work) keeper.want({ hash, fileName, id: work.id });
  if (sample !== null) {
    await studio.getState().openSample(sample);
    return;
  }
  try {
    const files = hasToBeChosen(file) ? await chosen() : await permitted(file);
    if (files) await studio.getState().openFiles(files);
  } catch (error) {
    if (error instanceof CheckpointError) studio.getState().showError(error);
  }
}

/** @throws CheckpointError `file-unreadable` */
async function permitted({ handles, fileName }: KeptFile): Promise<readonly File[]> {
  const files: File[] = [];
  for (const handle of handles) {
    const asked = handle as FileSystemFileHandle & Permitted;
    // Only within the press of a button.
    if ((await asked.requestPermission?.({ mode: 'read' })) === 'denied') {
      throw unreadable(fileName, `The browser was not allowed to read ${handle.name} again.`);
    }
    const file = await handle.getFile().catch((): never => {
      throw unreadable(fileName, `${handle.name} is not where it was: it was moved, renamed or deleted.`);
    });
    rememberHandle(file, handle);
    files.push(file);
  }
  return files;
}

function unreadable(file: string, message: string): CheckpointError {
  const advice = 'Open the file from where it is now: its work is kept, and is offered then.';
  return new CheckpointError('file-unreadable', message, { file, advice });
}

/** By the browser's picker where it has one, as it gives handles; undefined where another way was taken, or nothing chosen. */
async function chosen(): Promise<readonly File[] | undefined> {
  const { showOpenFilePicker } = globalThis as { showOpenFilePicker?: Picker };
  if (!showOpenFilePicker) {
    screen.getState().chooseFiles();
    return undefined;
  }
  const handles = await showOpenFilePicker({ multiple: true });
  return Promise.all(
    handles.map(async (handle) => {
      const file = await handle.getFile();
      rememberHandle(file, handle);
      return file;
    }),
  );
}

/** With all its work. */
export async function forgetFile({ hash }: KeptFile): Promise<void> {
  await keeper.forgetFile(hash);
  await refreshRecent();
}
