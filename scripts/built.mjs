/** Builds what is missing or older than what it is made of. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from './run.mjs';

/**
 * Ends the process where that fails.
 * @param {string} script of package.json
 * @param {string} made what it writes
 * @param {readonly string[]} sources files and folders that it is made of
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function buildWhereOld(script, made, sources, options) {
  const built = statSync(join(root, made), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built >= newestOf(sources.map((path) => join(root, path)))) return;
  if (npm(['run', '--silent', script], options)) return;
  console.error('The build failed: see above.');
  process.exit(1);
}

/** The latest change among files and everything in folders, in milliseconds. Folders count too: a deletion changes only them. */
function newestOf(paths) {
  let newest = 0;
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    newest = Math.max(newest, stats.mtimeMs);
    if (stats.isDirectory()) newest = Math.max(newest, newestOf(readdirSync(path).map((name) => join(path, name))));
  }
  return newest;
}
