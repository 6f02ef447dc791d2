import { downloadAll } from '../../state/download';
import { studio } from '../../state/store';

/** @param name of the one file that is written; undefined: its own, or parts under theirs */
export async function exportAsDownload(name: string | undefined): Promise<void> {
  await studio.getState().exportCheckpoint(name === undefined ? {} : { name });
  downloadAll(studio.getState().exportReport?.files ?? []);
}
