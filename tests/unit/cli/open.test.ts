/** `secateur open`: what the server gives to whom. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningPage, servePage } from '../../../src/cli/serving/serve';

let folder: string;
let running: RunningPage;
let token: string;
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secateur-test-'));
  mkdirSync(join(folder, 'page/assets'), { recursive: true });
  writeFileSync(join(folder, 'page/index.html'), '<p>The page');
  writeFileSync(join(folder, 'page/assets/a.js'), 'export {}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});
afterAll(() => rmSync(folder, { recursive: true }));

const built = () => ({ folders: [join(folder, 'none'), join(folder, 'page')], headers: { 'X-Policy': 'ours' } });

beforeEach(async () => {
  writeFileSync(join(folder, 'model.bin'), bytes);
  running = await servePage([join(folder, 'model.bin')], built(), 0);
  token = running.address.split('#open=')[1]!;
});
afterEach(() => running.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

/** The path as it is: `fetch` would tidy it. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = request({ host: '127.0.0.1', port: running.port, path, headers, method }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () =>
        done({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    sent.on('error', failed);
    sent.end();
  });
}
const allowed = () => ({ Authorization: `Bearer ${token}` });

describe('the page with files of this machine', () => {
  it('gives ranges of the files to whoever has the token', async () => {
    const list = await ask('/files/', allowed());
    expect(JSON.parse(list.body.toString())).toEqual([{ name: 'model.bin', size: 1000 }]);
    const whole = await ask('/files/0', allowed());
    expect(whole.status).toBe(200);
    expect(whole.body.equals(bytes)).toBe(true);
    const some = await ask('/files/0', { ...allowed(), Range: 'bytes=990-2000' });
    expect(some.status).toBe(206);
    expect(some.headers['content-range']).toBe('bytes 990-999/1000');
    expect(some.body.equals(bytes.subarray(990))).toBe(true);
    expect((await ask('/files/0', { ...allowed(), Range: 'bytes=1000-1001' })).status).toBe(416);
    expect((await ask('/files/1', allowed())).status).toBe(404);
  });

  it('gives the page to anybody here, with the policy, and nothing else of the disk', async () => {
    const page = await ask('/');
    expect(page.body.toString()).toBe('<p>The page');
    expect(page.headers).toMatchObject({ 'x-policy': 'ours', 'content-type': 'text/html; charset=utf-8' });
    expect((await ask('/assets/a.js')).status).toBe(200);
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/model.bin',
      '//etc/passwd',
    ]) {
      expect((await ask(path)).status, path).toBe(404);
    }
  });

  it('refuses other tokens, names of other machines, and whatever would change something', async () => {
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: `Bearer ${token}x` }]) {
      for (const path of ['/files/', '/files/0']) expect((await ask(path, headers)).status).toBe(403);
    }
    expect((await ask('/files/', { ...allowed(), Host: 'attacker.example' })).status).toBe(403);
    expect((await ask('/files/', { ...allowed(), Host: 'localhost.attacker.example:80' })).status).toBe(403);
    expect((await ask('/files/', { ...allowed(), Host: 'localhost:9999' })).status).toBe(200);
    expect((await ask('/files/0', allowed(), 'PUT')).status).toBe(405);
    // No other origin may read an answer.
    const preflight = await ask('/files/0', { Origin: 'http://attacker.example' }, 'OPTIONS');
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('says that a file was changed', async () => {
    writeFileSync(join(folder, 'model.bin'), 'shorter');
    const { status, body } = await ask('/files/0', allowed());
    expect(status).toBe(409);
    expect(body.toString()).toContain('another size');
  });

  it('refuses what is not there, and a port that is taken', async () => {
    await expect(servePage([join(folder, 'gone')], built(), 0)).rejects.toThrow('cannot be read');
    await expect(servePage([], { folders: [join(folder, 'none')], headers: {} }, 0)).rejects.toThrow(
      'without its page',
    );
    await expect(servePage([], built(), running.port)).rejects.toThrow(`Port ${running.port} cannot be had.`);
  });
});
