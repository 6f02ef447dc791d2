/** `npm start`: builds Secateur where the build is missing or out of date, serves it and opens it in a browser. */
import { preview } from 'vite';
import { buildWhereOld } from './built.mjs';
import { root } from './run.mjs';

buildWhereOld('build', 'dist/index.html', ['index.html', 'package-lock.json', 'public', 'src', 'vite.config.ts']);

const hasDisplay =
  ['darwin', 'win32'].includes(process.platform) || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
// Where the port is taken, Vite goes on to the next free one.
const server = await preview({ root, preview: { port: 4173, open: hasDisplay && !process.env.CI } });
console.log('Secateur runs at');
server.printUrls();
console.log('  (Ctrl+C stops it)');
