/** What the browser fetches before it shows the start page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test as base, type Page } from '@playwright/test';
import { expect, Studio } from './studio';

/** In bytes, gzipped. */
const limits = { js: 230_000, css: 30_000 };

/** Files of the build by the end of their name, as the server says it. */
function sizeOf(url: string): number {
  return gzipSync(readFileSync(join('dist', new URL(url).pathname))).length;
}

/** A script's own static imports, and theirs. */
function withImports(url: string, found = new Set<string>()): Set<string> {
  if (found.has(url)) return found;
  found.add(url);
  const text = readFileSync(join('dist', new URL(url).pathname), 'utf8');
  for (const [, path] of text.matchAll(/(?:from|^import|[;}]import)"(\.\/[^"]+\.js)"/g)) {
    if (path) withImports(new URL(path, url).href, found);
  }
  return found;
}

/** All scripts and styles that were asked for until the load event, and the engine's worker, whenever that starts. */
async function firstLoad(page: Page): Promise<string[]> {
  const asked = new Set<string>();
  let isLoaded = false;
  page.on('request', (request) => {
    if (!isLoaded) asked.add(request.url());
  });
  page.once('load', () => {
    isLoaded = true;
  });
  const starting = page.waitForEvent('worker');
  await new Studio(page).visit();
  for (const url of withImports((await starting).url())) asked.add(url);
  return [...asked];
}

base('the start page takes no more than its share', async ({ page }) => {
  const asked = await firstLoad(page);
  for (const kind of ['js', 'css'] as const) {
    const files = asked.filter((url) => new URL(url).pathname.endsWith(`.${kind}`));
    const sizes = files.map((url) => [new URL(url).pathname, sizeOf(url)] as const).sort((a, b) => b[1] - a[1]);
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    console.log(`${kind}, gzipped: ${total} of ${limits[kind]} bytes`, Object.fromEntries(sizes));
    expect(files.length, kind).toBeGreaterThan(0);
    expect(total, `${kind}: ${JSON.stringify(sizes)}`).toBeLessThanOrEqual(limits[kind]);
  }
});
