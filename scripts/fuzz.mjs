/**
 * `npm run fuzz -- [--cases N] [--seed N] [--first N] [--to FOLDER] [--write] [FOLDER…]`: damaged files by the thousand, the same ones for
 * the same seed. The cases run in a process of their own: one that hangs or takes all memory is named, too. Files of faults are
 * kept in the folder `--to`; `--write` puts the figures into docs/reliability.md.
 */
import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    to: { type: 'string', default: join(tmpdir(), 'secateur-fuzz') },
    write: { type: 'boolean', default: false },
  },
});
const options = {
  cases: Number(values.cases),
  seed: Number(values.seed),
  first: Number(values.first),
  to: values.to,
  folders: positionals,
};
/** A case that takes so long does not end, on whatever machine. */
const hangsAfter = 30_000;

if (process.send) await inChild();
else watch();

function watch() {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
    execArgv: ['--max-old-space-size=1024'],
  });
  let number;
  let since = Date.now();
  let done = false;
  child.on('message', (message) => {
    if (message === 'done') done = true;
    else {
      number = message;
      since = Date.now();
    }
  });
  const timer = setInterval(() => {
    if (number === undefined || Date.now() - since < hangsAfter) return;
    console.error(`hangs: case ${number} of seed ${options.seed}. --first ${number} --cases 1 runs it alone.`);
    child.kill('SIGKILL');
  }, 1000);
  child.on('exit', (code, signal) => {
    clearInterval(timer);
    if (!done) console.error(`It ended (${signal ?? code}) in case ${number}.`);
    process.exitCode = done ? code : 1;
  });
}

async function inChild() {
  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: false,
    server: { middlewareMode: true, ws: false, watch: null },
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
  });
  const { fuzz } = await server.ssrLoadModule('/tests/fuzz/command.ts');
  const { tableOf, writeFigures } = await server.ssrLoadModule('/tests/fuzz/figures.ts');
  const figures = await fuzz(options, (number) => process.send(number));
  console.log(tableOf(figures, options.seed));
  if (values.write) writeFigures(figures, options.seed);
  await server.close();
  process.send('done');
  process.exitCode = figures.faults.length > 0 ? 1 : 0;
  process.disconnect();
}
