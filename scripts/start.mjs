/** `npm start`: builds Secateur where the build is missing or out of date, serves it and opens it in a browser. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { preview } from 'vite';
import { npm, root } from './run.mjs';

const sources = ['index.html', 'package-lock.json', 'public', 'src', 'vite.config.ts'];

const built = statSync(join(root, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (built < newestOf(sources.map((path) => join(root, path)))) {
  if (!npm(['run', '--silent', 'build'])) {
    console.error('The build failed: see above.');
    process.exit(1);
  }
}

const hasDisplay =
  ['darwin', 'win32'].includes(process.platform) || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
// Where the port is taken, Vite goes on to the next free one.
const server = await preview({ root, preview: { port: 4173, open: hasDisplay && !process.env.CI } });
console.log('Secateur runs at');
server.printUrls();
console.log('  (Ctrl+C stops it)');

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
