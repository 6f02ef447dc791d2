/** A whole folder by the browser's own dialog: what dropping it does. */
import { foldersOf, pathTo } from './folders';
import type { StudioState } from './studio';

/** Not part of the page: there is one file input, which opens files. */
export function chooseFolder({ takeDropped }: Pick<StudioState, 'takeDropped'>): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', webkitdirectory: true });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    const paths = files.map(({ webkitRelativePath }) => pathTo(webkitRelativePath));
    if (files.length > 0) void takeDropped(files, foldersOf(files), paths);
  });
  input.click();
}
