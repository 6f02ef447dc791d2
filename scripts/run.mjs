/** Runs a command to its end, its output shown and no input given. Imports nothing from node_modules. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository, whatever the working directory. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 * @returns {boolean} whether it ran and exited with 0
 */
export function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  return status === 0;
}

/** npm with the given arguments. On Windows it is a batch file, which only a shell can start. */
export function npm(args, options = {}) {
  return run('npm', args, { shell: process.platform === 'win32', ...options });
}
