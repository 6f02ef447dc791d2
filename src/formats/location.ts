/** Places of files as another file says them: untrusted, and only ever looked for among the files that were given. */

/** The name of the file that a location leads to, without the folders that it may be in; undefined as `pathIn` is. */
export function fileNameIn(location: string): string | undefined {
  return pathIn(location)?.at(-1);
}

/** Its steps; undefined where it leads out of the folder of the file that names it, or is no POSIX path. */
export function pathIn(location: string): string[] | undefined {
  // Backslashes and drives are separators to Windows alone; what is written for others has POSIX paths everywhere.
  if (/[\\\0]|^[a-z]:/i.test(location)) return undefined;
  const path = location.split('/').filter((step) => step !== '.');
  return path.length > 0 && path.every((step) => step !== '' && step !== '..') ? path : undefined;
}
