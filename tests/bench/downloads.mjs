/**
 * `npm run bench -- --only downloads`: from **Download** to the finished file, through the service worker while it is pruned, and as browsers
 * without one do it: changed pages are written aside, then the whole file.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseWholeModel, launch, timeExport, timeOpen, timeSparsity, visit } from './browser.mjs';
import { summary } from './firstFigure.mjs';
import { resnet50Shapes, uniformShapes, writeSafetensors } from './synthetic.mjs';

/** @returns Markdown @throws Error where the two ways give different files */
export async function downloadRounds(folder, address, rounds) {
  const rows = [];
  for (const [title, shapes] of [
    ['ResNet-50, f32 (102 MB)', resnet50Shapes()],
    ['300 layers, f32 (401 MB)', uniformShapes(300, 400e6)],
  ]) {
    const path = join(folder, 'model.safetensors');
    writeSafetensors(path, shapes, 'F32');
    const times = { block: [], allow: [] };
    const hashes = new Set();
    for (let round = 0; round < rounds; round++) {
      for (const serviceWorkers of ['block', 'allow']) {
        const { milliseconds, hash } = await oneDownload(folder, address, path, serviceWorkers);
        times[serviceWorkers].push(milliseconds);
        hashes.add(hash);
      }
    }
    if (hashes.size > 1) throw new Error('The two ways gave different files.');
    const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
    const ratio = median(times.allow) / median(times.block);
    rows.push(`| ${title} | ${summary(times.block)} | ${summary(times.allow)} | ${ratio.toFixed(2)} × |`);
  }
  return `## Downloads of half-pruned files, ${rounds} rounds

|  | without a service worker | streamed through it |  |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}

async function oneDownload(folder, address, path, serviceWorkers) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile, { serviceWorkers });
  try {
    const page = await visit(context, address);
    if (serviceWorkers === 'allow') {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    }
    await timeOpen(page, path);
    await chooseWholeModel(page);
    await timeSparsity(page, 50);
    const exported = await timeExport(page);
    const hash = createHash('sha256').update(readFileSync(exported.path)).digest('hex');
    return { milliseconds: exported.downloaded, hash };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
