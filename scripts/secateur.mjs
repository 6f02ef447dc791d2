/** `npm run secateur -- …`: the command line from a clone, built where that is missing or out of date. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildWhereOld } from './built.mjs';
import { root } from './run.mjs';

// What building says is no result.
buildWhereOld('build:cli', 'dist-cli/secateur.mjs', ['package-lock.json', 'src', 'cli.vite.config.ts'], {
  stdio: ['ignore', 2, 2],
});
if (process.argv[2] === 'open') {
  buildWhereOld('build', 'dist/index.html', ['index.html', 'package-lock.json', 'public', 'src', 'vite.config.ts'], {
    stdio: ['ignore', 2, 2],
  });
}
const program = join(root, 'dist-cli/secateur.mjs');
// Where it was typed: paths are said from there.
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
