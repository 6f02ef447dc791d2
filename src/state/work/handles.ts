/** Where files came from that were dropped or picked: a handle outlasts the visit, a file does not. */

const handles = new WeakMap<File, FileSystemFileHandle>();

export function rememberHandle(file: File, handle: FileSystemFileHandle): void {
  handles.set(file, handle);
}

/** Undefined where the browser gives none: it came through a file input, or the browser has no handles. */
export function handleOf(file: File): FileSystemFileHandle | undefined {
  return handles.get(file);
}
