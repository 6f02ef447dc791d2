/** "Save to…": the browser's own dialog, where there is one (Chromium). It streams to disk instead of downloading. */
import { found } from '../../lib/known';

type SaveFilePicker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

function picker(): SaveFilePicker | undefined {
  return (window as { showSaveFilePicker?: SaveFilePicker }).showSaveFilePicker?.bind(window);
}

export const canSaveTo = picker() !== undefined;

/** Where the user wants the file; undefined when the dialog was closed without an answer. */
export async function pickDestination(suggestedName: string): Promise<FileSystemFileHandle | undefined> {
  try {
    return await found(picker(), 'a dialog to save files')({ suggestedName });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return undefined;
    throw cause;
  }
}
