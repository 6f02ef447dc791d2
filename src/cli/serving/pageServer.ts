/** The page of a build on this machine, and beside it the files that it opens: these are for whoever has the token. */
import { timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Open: what is read is the file that was named, whatever takes its name later. */
export interface ServedFile {
  readonly name: string;
  readonly size: number;
  readonly handle: FileHandle;
}

export interface Served {
  /** Where the files of the page lie, by their addresses without the first slash. Nothing else of the disk is reachable. */
  readonly page: ReadonlyMap<string, string>;
  /** Of every response. */
  readonly headers: Readonly<Record<string, string>>;
  readonly files: readonly ServedFile[];
  readonly token: string;
}

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.md', 'text/plain; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.wasm', 'application/wasm'],
  ['.webmanifest', 'application/manifest+json'],
]);

/** Names of this machine: another one in `Host` is a site that was made to point here (DNS rebinding). */
const ownName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * `/` and what the page is made of; `/files/` lists the files as `[{ name, size }]`, `/files/N` is the bytes of one, in ranges.
 * Not listening yet.
 */
export function pageServer(served: Served): Server {
  return createServer((request, response) => {
    answer(request, response, served).catch(() => {
      // Who asked is gone, or the file ended early: what was sent is not whole, and says so by ending here.
      response.destroy();
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(served.headers)) response.setHeader(name, value);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (!ownName.test(request.headers.host ?? '')) return refuse(response, 403, 'Only this machine is answered.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Nothing is taken.');
  const path = (request.url ?? '/').replace(/[?#].*$/, '').slice(1);
  if (!path.startsWith('files/')) return part(request, response, path, served);
  response.setHeader('Cache-Control', 'no-store');
  if (!isAllowed(request, served.token)) return refuse(response, 403, 'The address has another token.');
  const which = path.slice('files/'.length);
  if (which === '') {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(served.files.map(({ name, size }) => ({ name, size }))));
    return;
  }
  const file = /^\d{1,9}$/.test(which) ? served.files[Number(which)] : undefined;
  if (!file) return refuse(response, 404, 'There is no such file.');
  await bytesOf(request, response, file);
}

function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function part(request: IncomingMessage, response: ServerResponse, path: string, { page }: Served): Promise<void> {
  const file = page.get(path === '' ? 'index.html' : path);
  if (file === undefined) return refuse(response, 404, 'There is no such page.');
  response.setHeader('Content-Type', types.get(extname(file)) ?? 'application/octet-stream');
  // Built files have a hash of their content in their names.
  response.setHeader('Cache-Control', path.startsWith('assets/') ? 'max-age=31536000, immutable' : 'no-cache');
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

async function bytesOf(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, size }: ServedFile,
): Promise<void> {
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Accept-Ranges', 'bytes');
  if ((await handle.stat()).size !== size) return refuse(response, 409, 'The file has another size by now.');
  const asked = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(request.headers.range ?? '');
  const start = asked ? Number(asked[1]) : 0;
  const end = Math.min(asked?.[2] === undefined ? size : Number(asked[2]) + 1, size);
  if (asked && start >= end) {
    response.setHeader('Content-Range', `bytes */${size}`);
    return refuse(response, 416, 'The file ends before.');
  }
  if (asked) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${size}`);
  response.setHeader('Content-Length', end - start);
  response.statusCode = asked ? 206 : 200;
  if (request.method === 'HEAD' || end === start) response.end();
  else
    await pipeline(
      handle.createReadStream({ start, end: end - 1, autoClose: false, highWaterMark: 2 ** 20 }),
      response,
    );
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${sentence}\n`);
}
