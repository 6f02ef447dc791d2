/** Where the files of a folder lie in it, by the paths that browsers give them. */

/** `digits/3/a.png` → `3`; '' where there is none */
export function folderOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

/** `/run/checkpoint-500/model.pth` → `run/checkpoint-500` */
export function pathTo(path: string): string {
  return path.slice(0, path.lastIndexOf('/')).replace(/^\//, '');
}

/** Of files chosen as a folder: the one each lies in. */
export function foldersOf(files: readonly File[]): string[] {
  return files.map(({ webkitRelativePath }) => folderOf(webkitRelativePath));
}
