import { hostname } from 'node:os';
import { formatQuantity } from '../../lib/numbers';
import { pathsOf } from '../checkpoint';
import { type Command, textOf, UsageError } from '../command';
import { servePage } from '../serving/serve';

export const open: Command = {
  name: 'open',
  summary: 'serves the page on this machine, with these files open in it',
  usage: `FILE…
  --port N             4180, or any that is free`,
  options: { port: { type: 'string' } },
  async run(call) {
    const { options, terminal, page, signal } = call;
    const typed = textOf(options, 'port');
    const port = typed === undefined ? undefined : Number(typed);
    if (typed !== undefined && !/^\d{1,5}$/.test(typed)) throw new UsageError(`--port ${typed} is no port.`);
    const paths = await pathsOf(call);
    const running = await servePage(paths, page, port);
    try {
      terminal.print(`${running.address}\n`);
      terminal.say(`Open this address in a browser: it has ${formatQuantity(paths.length, 'file')}. Ctrl+C ends it.`);
      if (process.env.SSH_CONNECTION !== undefined) {
        const { port } = running;
        terminal.say(`From another machine, first: ssh -L ${port}:127.0.0.1:${port} ${hostname()}`);
      }
      await stopped(signal);
      return 0;
    } finally {
      await running.close();
    }
  },
};

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
