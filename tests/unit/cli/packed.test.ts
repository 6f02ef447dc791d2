/** The program as it is published: packed, installed where there is nothing else, and started. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', [...args, '--offline', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secateur-test-'));
  await build({
    configFile: join(root, 'cli.vite.config.ts'),
    root,
    logLevel: 'error',
    build: { outDir: join(folder, 'built') },
  });
  npm(['pack', './built'], folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the packed program', () => {
  it('prunes a file on a machine that has nothing else', { timeout: 300_000 }, () => {
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    npm(['install', '--no-audit', '--no-fund', '--prefix', join(folder, 'there'), join(folder, tarball)], folder);
    const program = join(folder, 'there/node_modules/secateur/secateur.mjs');
    const original = join(root, 'public/samples/digits-cnn.pth');
    const out = join(folder, 'half.pth');
    execFileSync(process.execPath, [program, 'prune', original, '--sparsity', '0.5', '--out', out], {
      stdio: 'ignore',
    });
    expect(readFileSync(out).length).toBe(readFileSync(original).length);
    const listed = execFileSync(process.execPath, [program, 'inspect', out], { encoding: 'utf8' });
    expect(listed).toMatch(/^conv2\.weight .* 50\.0 %$/m);
  });
});
