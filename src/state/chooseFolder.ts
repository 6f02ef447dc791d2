/** A whole folder by the browser's own dialog: what dropping it does. */
import type { StudioState } from './studio';

/** Not part of the page: there is one file input, which opens files. */
export function chooseFolder({ takeDropped }: Pick<StudioState, 'takeDropped'>): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', webkitdirectory: true });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    const paths = files.map(({ webkitRelativePath }) => webkitRelativePath.split('/').slice(0, -1));
    const folders = paths.map((path) => path.at(-1) ?? '');
    if (files.length > 0) {
      void takeDropped(
        files,
        folders,
        paths.map((path) => path.join('/')),
      );
    }
  });
  input.click();
}
