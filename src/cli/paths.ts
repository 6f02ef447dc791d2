/** Paths as they are typed: folders mean the files in them, and patterns those that match, where no shell did that. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CheckpointError } from '../lib/errors';
import { compileGlob } from '../pruning/glob';

/**
 * @returns in the order given, each once
 * @throws CheckpointError `file-unreadable` where nothing is there, or nothing matches
 */
export async function filesOf(typed: readonly string[]): Promise<string[]> {
  const files = await Promise.all(typed.map(expanded));
  return [...new Set(files.flat())];
}

async function expanded(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return filesIn(path);
  if (found) return [path];
  const pattern = basename(path);
  const matching = /[*?[]/.test(pattern) ? await filesIn(dirname(path), compileGlob(pattern)) : [];
  if (matching.length > 0) return matching;
  throw new CheckpointError('file-unreadable', `There is no file ${path}.`);
}

async function filesIn(folder: string, { matches } = compileGlob('*')): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.') && matches(entry.name));
  return files.map(({ name }) => join(folder, name)).sort();
}
