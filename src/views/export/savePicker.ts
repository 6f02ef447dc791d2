/** "Save to…": the browser's own dialogs, where there are any (Chromium). What is saved streams to disk instead of downloading. */
import { found } from '../../lib/known';
import type { Destination } from '../../state/exportSlice';

interface Pickers {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
  showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

const pickers: Pickers = window as Pickers;

/** @param suggestedName of the file; undefined: there may be several, and a folder is asked for */
export function canSaveAs(suggestedName: string | undefined): boolean {
  return (suggestedName === undefined ? pickers.showDirectoryPicker : pickers.showSaveFilePicker) !== undefined;
}

/** Where the user wants it; undefined when the dialog was closed without an answer. */
export async function pickDestination(suggestedName: string | undefined): Promise<Destination | undefined> {
  try {
    if (suggestedName === undefined) {
      return await found(pickers.showDirectoryPicker, 'a picker of folders').call(window, { mode: 'readwrite' });
    }
    return await found(pickers.showSaveFilePicker, 'a picker of files').call(window, { suggestedName });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return undefined;
    throw cause;
  }
}
