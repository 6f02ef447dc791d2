/** Secateur without a network, on a host that sends no headers, and in another version. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { test as base } from '@playwright/test';
import { evaluateSample, quality } from './quality';
import { expect, openHuge, Studio, samples } from './studio';

base.use({ serviceWorkers: 'allow' });

const types = new Map([
  ['.html', 'text/html'],
  ['.js', 'text/javascript'],
  ['.mjs', 'text/javascript'],
  ['.css', 'text/css'],
  ['.wasm', 'application/wasm'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.webmanifest', 'application/manifest+json'],
]);

function newer(serviceWorker: string): string {
  return serviceWorker
    .replace(/version:`\w+`/, 'version:`newer`')
    .replace(/assets\/first-([\w-]+)\.js/, 'assets/newer-$1.js');
}

/** As plain as a host can be: the build in a folder, types by extension, no headers. */
class PlainHost {
  private readonly server: Server;
  /** Whether there is a newer version: another service worker, whose page has another first script. */
  isNewer = false;

  constructor() {
    this.server = createServer(({ url = '/' }, response) => {
      const path = url.replace(/[?#].*$/, '').replace(/^\/secateur\//, '') || 'index.html';
      try {
        const bytes = readFileSync(join('dist', path.replace('newer-', 'first-')));
        response.writeHead(200, { 'Content-Type': types.get(extname(path)) ?? 'application/octet-stream' });
        response.end(this.isNewer && path === 'serviceWorker.js' ? newer(bytes.toString()) : bytes);
      } catch {
        response.writeHead(404).end();
      }
    });
  }

  /** @returns the page's address, in a folder as static hosts have them */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://localhost:${(this.server.address() as AddressInfo).port}/secateur/`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

base(
  'after one visit to a host without headers the page is isolated, starts without it, prunes, exports and evaluates',
  async ({ page }) => {
    const host = new PlainHost();
    const studio = new Studio(page);
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(await host.start());
    // Untouched so far: it is loaded once more, with the headers that its service worker has for it.
    await page.waitForEvent('load');
    await studio.expectStatus('empty');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

    await evaluateSample(studio);
    const before = await quality(page);
    // The browser's own caches are no part of the promise.
    const isKept = () =>
      page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.endsWith('runtime'));
        const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
        return kept.reduce((sum, count) => sum + count, 0);
      });
    await expect.poll(isKept).toBeGreaterThan(1);

    host.stop();
    await page.reload();
    await studio.expectStatus('empty');
    await evaluateSample(studio);
    expect(await quality(page)).toBe(before);
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '60');
    const { bytes } = await studio.download();
    await expect(studio.dialog).toContainText('everything else identical');
    expect(bytes().length).toBe(readFileSync(join(samples, 'digits-cnn.onnx')).length);
    expect(errors).toEqual([]);
  },
);

base('a newer version is offered, and taken when a person says so', async ({ page }) => {
  const host = new PlainHost();
  const studio = new Studio(page);
  const address = await host.start();
  await page.goto(address);
  await page.waitForEvent('load');
  await studio.expectStatus('empty');
  const versions = () => page.evaluate(async () => (await caches.keys()).filter((name) => /version/.test(name)).sort());
  const [first] = await versions();

  host.isNewer = true;
  await page.reload();
  await studio.openSample();
  const offer = page.getByRole('status').filter({ hasText: 'A newer version of Secateur has arrived' });
  await expect(offer).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('digits-cnn.pth');

  await offer.getByRole('button', { name: 'Reload' }).click();
  await studio.expectStatus('empty');
  // Tabs of the version before may need a part of it.
  expect(await versions()).toEqual([first, expect.stringContaining('newer')]);
  host.stop();
});

base(
  'a large file is downloaded while it is pruned, written once, and not at all where that is broken off',
  async ({ page }) => {
    const studio = new Studio(page);
    // A browser without room for a second copy.
    await page.addInitScript(() => {
      navigator.storage.estimate = async () => ({ quota: 2 ** 28, usage: 0 });
    });
    await studio.visit();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await openHuge(page, 4);
    await studio.expectStatus('ready');
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '50');

    await studio.export();
    const breaking = page.waitForEvent('download');
    await studio.dialog.getByRole('button', { name: 'Download', exact: true }).click();
    const broken = await breaking;
    await page.keyboard.press('Escape');
    expect(await broken.failure()).not.toBeNull();
    await studio.expectStatus('ready');
    await page.keyboard.press('Escape');

    const { name, bytes } = await studio.download();
    expect(name).toBe('huge-pruned.safetensors');
    await expect(studio.dialog).toContainText('everything else identical');
    await expect(studio.dialog).toContainText('huge-pruned.safetensors is in your downloads');
    const file = bytes();
    const weights = new Float32Array(
      file.buffer.slice(file.byteOffset + file.length - 4 * 2 ** 26, file.byteOffset + file.length),
    );
    expect(weights.reduce((zeros, weight) => zeros + Number(weight === 0), 0)).toBe(2 ** 25);
    // Nothing was written aside.
    const left = await page.evaluate(async () => {
      const names: string[] = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
      return names.filter((name) => name.startsWith('secateur-patches'));
    });
    expect(left).toEqual([]);
  },
);
