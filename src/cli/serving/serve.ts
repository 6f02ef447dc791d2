/** Starts and ends a server of the page with files of this machine. */
import { randomBytes } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { CheckpointError } from '../../lib/errors';
import { pageServer, type ServedFile } from './pageServer';

/** The page as it was built. */
export interface BuiltPage {
  /** Where it may lie; the first that is there is taken. */
  readonly folders: readonly string[];
  /** Of every response: the policy that holds the page to its own origin. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RunningPage {
  /** With the token behind its `#`, which browsers send to no server and write into no log. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on the loopback interface alone.
 * @param port undefined: `usualPort`, or any where that is taken
 * @throws CheckpointError `file-unreadable`, `unsupported-feature` where there is no page, or no such port
 */
export async function servePage(paths: readonly string[], built: BuiltPage, port?: number): Promise<RunningPage> {
  const page = await pageIn(built.folders);
  const files: ServedFile[] = [];
  const closeFiles = () => Promise.all(files.map(({ handle }) => handle.close()));
  try {
    for (const path of paths) files.push(await servedFile(path));
    const token = randomBytes(24).toString('base64url');
    const server = pageServer({ page, headers: built.headers, files, token });
    await listen(server, port);
    const its = (server.address() as AddressInfo).port;
    return {
      address: `http://127.0.0.1:${its}/#open=${token}`,
      port: its,
      close: async () => {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
        await closeFiles();
      },
    };
  } catch (error) {
    await closeFiles();
    throw error;
  }
}

/** The same one each time, where it is free: what a browser keeps of work belongs to the address. */
const usualPort = 4180;

async function listen(server: Server, port: number | undefined): Promise<void> {
  const listening = (at: number) =>
    new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', failed);
        done();
      });
    });
  if (port === undefined) return listening(usualPort).catch(() => listening(0));
  return listening(port).catch((cause) => {
    throw new CheckpointError(
      'unsupported-feature',
      `Port ${port} cannot be had.`,
      { advice: 'Choose another one.' },
      { cause },
    );
  });
}

async function servedFile(path: string): Promise<ServedFile> {
  try {
    const handle = await open(path);
    return { name: basename(path), size: (await handle.stat()).size, handle };
  } catch (cause) {
    throw new CheckpointError('file-unreadable', `The file ${path} cannot be read.`, {}, { cause });
  }
}

async function pageIn(folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const page = new Map(files.map((file) => [file.slice(join(folder, '/').length).replaceAll('\\', '/'), file]));
    if (page.has('index.html')) return page;
  }
  throw new CheckpointError('unsupported-feature', 'This copy of Secateur came without its page.', {
    advice: 'In a clone, `npm run build` makes it.',
  });
}
