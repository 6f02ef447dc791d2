/** Times the real studio, production build, in headless Chromium. */
import { basename } from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium, launchArgs } from '../../scripts/chromium.mjs';

/** A persistent profile: private windows keep the origin's file system in memory, which is nobody's everyday browser. */
export async function launch(profile) {
  return chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: [...launchArgs, '--disable-dev-shm-usage'],
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
  });
}

/**
 * Reads the file's bytes as the engine does (8 MiB slices, four in flight, in a worker) and does nothing with them.
 * @returns milliseconds
 */
export async function timeRawRead(context, address, path) {
  const page = await context.newPage();
  await page.route('**/raw-read*', (route) => {
    const script = route.request().url().endsWith('.js');
    route.fulfill(
      script
        ? { contentType: 'text/javascript', body: rawReadWorker }
        : { contentType: 'text/html', body: '<!doctype html><title>raw read</title><input type="file">' },
    );
  });
  await page.goto(`${address}raw-read`);
  await page.locator('input').setInputFiles(path);
  const milliseconds = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker('/raw-read.js');
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(document.querySelector('input').files[0]);
      }),
  );
  await page.close();
  return milliseconds;
}

const rawReadWorker = `
onmessage = async ({ data: file }) => {
  const windowBytes = 8 * 2 ** 20;
  const start = performance.now();
  const reading = [];
  let at = 0;
  const next = () => {
    if (at >= file.size) return;
    reading.push(file.slice(at, at + windowBytes).arrayBuffer());
    at += windowBytes;
  };
  for (let i = 0; i < 4; i++) next();
  while (reading.length > 0) { await reading.shift(); next(); }
  postMessage(performance.now() - start);
};`;

/** Opens the studio and, for every later step, records tasks of the main thread over 50 ms. */
export async function visit(context, address) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  await page.goto(address);
  return page;
}

/** @returns milliseconds from the file's choice to every figure on the screen */
export async function timeOpen(page, path) {
  await page.evaluate(() => {
    window.opened = new Promise((resolve) => {
      const main = document.querySelector('main');
      let start;
      addEventListener('change', () => (start ??= performance.now()), { capture: true });
      new MutationObserver(() => {
        if (main.dataset.status === 'ready' && start !== undefined) resolve(performance.now() - start);
      }).observe(main, { attributes: true });
    });
  });
  await page.locator('input[type=file]').setInputFiles(path);
  return page.evaluate(() => window.opened);
}

export async function chooseWholeModel(page) {
  await page.getByText('Whole model', { exact: true }).first().click();
}

/** Types a sparsity. @returns milliseconds until the figures are exact */
export async function timeSparsity(page, percent) {
  const field = page.getByLabel('Target sparsity', { exact: true });
  await field.fill(String(percent));
  const started = await page.evaluate(() => performance.now());
  await field.press('Enter');
  await page.waitForFunction(
    (wanted) => {
      const text = document.querySelector('[aria-label="Model sparsity"]')?.textContent ?? '';
      return text.includes(`${wanted.toFixed(1)} %`) && !text.includes('≈');
    },
    percent,
    { polling: 'raf' },
  );
  return (await page.evaluate(() => performance.now())) - started;
}

/** Drags the handle to and fro for two seconds. @returns the longest main-thread task and the worst gap between frames, in ms */
export async function dragForTwoSeconds(page) {
  const handle = page.getByRole('slider', { name: 'Threshold' });
  const box = await handle.boundingBox();
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frameGaps = [];
    let last = performance.now();
    const tick = (now) => {
      window.frameGaps.push(now - last);
      last = now;
      window.dragFrame = requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const start = performance.now();
  let moves = 0;
  while (performance.now() - start < 2000) {
    await page.mouse.move(x + 60 * Math.sin((performance.now() - start) / 150), y);
    moves++;
  }
  await page.mouse.up();
  return page.evaluate((moves) => {
    cancelAnimationFrame(window.dragFrame);
    const gaps = window.frameGaps.slice(1);
    return {
      longestTask: Math.max(0, ...window.longTasks),
      worstFrame: Math.max(...gaps),
      frames: gaps.length,
      dropped: gaps.filter((gap) => gap > 33).length,
      moves,
    };
  }, moves);
}

/** @returns milliseconds from Download to the finished file, and its path */
export async function timeExport(page) {
  await page.getByRole('button', { name: /^Export/ }).click();
  const dialog = page.getByRole('dialog');
  const button = dialog.getByRole('button', { name: 'Download', exact: true });
  await button.waitFor();
  const start = performance.now();
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: 600_000 }), button.click()]);
  const written = performance.now() - start;
  const path = await download.path();
  return { written, downloaded: performance.now() - start, path, name: basename(download.suggestedFilename()) };
}
