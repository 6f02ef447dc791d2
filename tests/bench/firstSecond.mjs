/**
 * `node tests/bench/firstSecond.mjs [folder of a build] [rounds]`: from the moment that the page's address is asked for until its "Open checkpoint" answers a click,
 * in milliseconds, in a browser that was never there and in one that comes back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { preview } from 'vite';
import { root } from '../../scripts/run.mjs';
import { launch } from './browser.mjs';

const outDir = resolve(process.argv[2] ?? join(root, 'dist'));
const rounds = Number(process.argv[3] ?? 7);
const server = await preview({ root, build: { outDir }, preview: { port: 4180 } });
const address = server.resolvedUrls.local[0];
const first = [];
const again = [];
try {
  for (let round = 0; round < rounds; round++) {
    const profile = mkdtempSync(join(tmpdir(), 'secateur-bench-'));
    const context = await launch(profile);
    // The browser itself is up, as a user's is.
    await (await context.newPage()).goto('about:blank');
    first.push(await timeVisit(context));
    again.push(await timeVisit(context));
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
} finally {
  await server.close();
}
console.log(`first visit: ${summary(first)}\nlater visits: ${summary(again)}`);

/** Until a click on the button asks for a file. */
async function timeVisit(context) {
  const page = await context.newPage();
  const button = page.getByRole('button', { name: 'Open checkpoint' }).or(page.getByRole('button', { name: 'Open' }));
  const start = performance.now();
  const asked = page.waitForEvent('filechooser');
  await page.goto(address, { waitUntil: 'commit' });
  await button.first().click();
  await asked;
  const milliseconds = performance.now() - start;
  // What is fetched when the page is idle is there before the next visit.
  await page.waitForLoadState('networkidle');
  await page.close();
  return milliseconds;
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${median.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)})`;
}
