/** Times the real studio, production build, in headless Chromium. */
import { basename } from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium, launchArgs } from '../../scripts/chromium.mjs';

/**
 * A persistent profile: private windows keep the origin's file system in memory, which is nobody's everyday browser.
 * @param serviceWorkers `block`: they would hide what is fetched, and be there in some visits of a round only
 */
export async function launch(profile, { serviceWorkers = 'block' } = {}) {
  return chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: [...launchArgs, '--disable-dev-shm-usage'],
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
    serviceWorkers,
  });
}

/**
 * Reads the file's bytes as the engine does and does nothing with them: where the engine keeps them in slices of 8 MiB, three
 * in flight, else in a stream of 2 MiB windows whose memory is used again.
 * @param workers among which the file is dealt out
 * @returns milliseconds from the first request until all have read their share
 */
export async function timeRawRead(context, address, path, workers) {
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
  const milliseconds = await page.evaluate(async (count) => {
    const workers = Array.from({ length: count }, () => new Worker('/raw-read.js'));
    const answers = () =>
      Promise.all(
        workers.map(
          (worker) =>
            new Promise((resolve, reject) => {
              worker.onmessage = resolve;
              worker.onerror = (event) => reject(new Error(event.message));
            }),
        ),
      );
    await answers();
    const start = performance.now();
    const file = document.querySelector('input').files[0];
    const done = answers();
    for (const [share, worker] of workers.entries()) worker.postMessage({ file, share, count });
    await done;
    return performance.now() - start;
  }, workers);
  await page.close();
  return milliseconds;
}

const rawReadWorker = `
const kept = [];
async function keep(part) {
  const windowBytes = 8 * 2 ** 20;
  const reading = [];
  let at = 0;
  const next = () => {
    if (at < part.size) reading.push(part.slice(at, at + windowBytes).arrayBuffer());
    at += windowBytes;
  };
  for (let i = 0; i < 3; i++) next();
  while (reading.length > 0) {
    kept.push(await reading.shift());
    next();
  }
}
async function pass(part) {
  const windowBytes = 2 * 2 ** 20;
  // Held: a stream that only waits is dropped with the garbage.
  const reader = (self.reader = part.stream().getReader({ mode: 'byob' }));
  let memory = new ArrayBuffer(windowBytes);
  for (let at = 0; at < part.size; at += windowBytes) {
    const end = Math.min(part.size - at, windowBytes);
    for (let filled = 0; filled < end; ) {
      const { value } = await reader.read(new Uint8Array(memory, filled, end - filled), { min: end - filled });
      memory = value.buffer;
      filled += value.length;
    }
  }
}
onmessage = async ({ data: { file, share, count } }) => {
  const from = Math.floor((file.size * share) / count);
  const part = file.slice(from, Math.floor((file.size * (share + 1)) / count));
  await (file.size <= 2 ** 29 ? keep(part) : pass(part));
  postMessage('done');
};
postMessage('ready');`;

/**
 * Opens the studio and, for every later step, records tasks of the main thread over 50 ms.
 * @param cores that its workers are told of; absent: all
 */
export async function visit(context, address, { cores } = {}) {
  const page = await context.newPage();
  if (cores !== undefined) {
    await page.route(/worker-.*\.js/, async (route) => {
      const response = await route.fetch();
      const claim = `Object.defineProperty(navigator, 'hardwareConcurrency', { value: ${cores} });\n`;
      route.fulfill({ response, body: claim + (await response.text()) });
    });
  }
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    window.Worker = class extends Worker {
      constructor(url, options) {
        super(url, options);
        this.addEventListener('message', ({ data }) => {
          if (data.type === 'result') window.answered = performance.now();
        });
      }
    };
    // In the place of the browser's dialog: a file of the origin's own file system.
    window.showSaveFilePicker = async () => {
      const directory = await navigator.storage.getDirectory();
      return directory.getFileHandle('saved', { create: true });
    };
  });
  await page.goto(address);
  await page.getByRole('status', { name: 'Computing' }).waitFor();
  return page;
}

/** @returns milliseconds from the file's choice: until the page has every figure, and until all are on the screen */
export function timeOpen(page, path) {
  return timeOpenOf(page, () => page.locator('input[type=file]').setInputFiles(path));
}

/** @param choose gives the studio's file input a file */
export async function timeOpenOf(page, choose) {
  await page.evaluate(() => {
    window.opened = new Promise((resolve) => {
      const main = document.querySelector('main');
      let start;
      const input = document.querySelector('input[type=file]');
      input.addEventListener('change', () => (start ??= performance.now()), { capture: true });
      new MutationObserver(() => {
        if (main.dataset.status !== 'ready' || start === undefined) return;
        resolve({ measured: window.answered - start, shown: performance.now() - start });
      }).observe(main, { attributes: true });
    });
  });
  await choose();
  return page.evaluate(() => window.opened);
}

export async function chooseWholeModel(page) {
  // The last of what is drawn after opening.
  await page.locator('.recharts-surface').first().waitFor();
  await page.getByText('Whole model', { exact: true }).first().click();
}

/** Types a sparsity. @returns milliseconds until the figures are exact */
export async function timeSparsity(page, percent) {
  return timeUntilShown(page, () => typeInto(page, 'Target sparsity', percent), { exact: true });
}

/** Types a threshold. @returns milliseconds until the figures are exact */
export async function timeThreshold(page, threshold) {
  return timeUntilShown(page, () => typeInto(page, 'Threshold value', threshold), { exact: true });
}

async function typeInto(page, label, value) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.press('Enter');
}

/** Opens a recipe of one rule. @returns milliseconds until its figures are exact */
export async function timeRecipe(page, rule) {
  const recipe = JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [rule] });
  const file = { name: 'recipe.json', mimeType: 'application/json', buffer: Buffer.from(recipe) };
  return timeUntilShown(page, () => page.locator('input[type=file]').setInputFiles([file]), { exact: true });
}

/** Those that histograms answer. */
const presets = ['Half of all weights', 'Uniform 80 %', '2:4', 'All within 1 sigma', 'Zero every weight'];

/** Chooses presets for the first time. @returns milliseconds until the slowest shows what it comes to */
export async function timePresets(page) {
  const times = [];
  for (const name of presets) {
    await page.getByRole('button', { name: 'Presets' }).click();
    const item = page.getByRole('menuitem', { name }).first();
    // Until the menu no longer moves.
    await item.click({ trial: true });
    times.push(await timeUntilShown(page, () => item.click(), { exact: false }));
    await page.waitForFunction(
      () => !document.querySelector('[aria-label="Model sparsity"]').textContent.includes('≈'),
    );
  }
  return Math.max(...times);
}

/** From the page's first event of `act` that changes something until other figures are shown. @param exact no estimate */
async function timeUntilShown(page, act, { exact }) {
  await page.evaluate((exact) => {
    const shown = () => document.querySelector('[aria-label="Model sparsity"]').textContent;
    const before = shown();
    window.shown = new Promise((resolve) => {
      let start;
      for (const event of ['change', 'keydown', 'click']) {
        addEventListener(event, () => (start ??= performance.now()), { capture: true, once: true });
      }
      const look = () => {
        const text = shown();
        if (start !== undefined && text !== before && !(exact && text.includes('≈')))
          resolve(performance.now() - start);
        else requestAnimationFrame(look);
      };
      look();
    });
  }, exact);
  await act();
  return page.evaluate(() => window.shown);
}

/** Drags the handle to and fro for two seconds. @returns how smooth that was */
export async function dragForTwoSeconds(page) {
  const { x, y } = middleOf(await page.getByRole('slider', { name: 'Threshold' }).boundingBox());
  await page.mouse.move(x, y);
  await page.mouse.down();
  const smoothness = await watchTwoSeconds(page, (time) => page.mouse.move(x + 60 * Math.sin(time / 150), y));
  await page.mouse.up();
  return smoothness;
}

/** Scrolls the table down by the wheel for two seconds. @returns how smooth that was */
export async function scrollForTwoSeconds(page) {
  const { x, y } = middleOf(await page.getByRole('region', { name: 'Checkpoint' }).boundingBox());
  await page.mouse.move(x, y);
  return watchTwoSeconds(page, () => page.mouse.wheel(0, 120));
}

function middleOf({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}

/**
 * @param act done again and again, given the milliseconds since the start
 * @returns the longest main-thread task and the worst gap between frames, in ms
 */
async function watchTwoSeconds(page, act) {
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frameGaps = [];
    let last = performance.now();
    const tick = (now) => {
      window.frameGaps.push(now - last);
      last = now;
      window.watchedFrame = requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const start = performance.now();
  while (performance.now() - start < 2000) await act(performance.now() - start);
  return page.evaluate(() => {
    cancelAnimationFrame(window.watchedFrame);
    const gaps = window.frameGaps.slice(1);
    return {
      longestTask: Math.max(0, ...window.longTasks),
      worstFrame: Math.max(...gaps),
      frames: gaps.length,
      dropped: gaps.filter((gap) => gap > 33).length,
    };
  });
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

/** Exports with "Save to…", and removes what was saved. @returns milliseconds until the dialog says what was written */
export async function timeSave(page) {
  await page.getByRole('button', { name: /^Export/ }).click();
  const dialog = page.getByRole('dialog');
  const button = dialog.getByRole('button', { name: 'Save to…' });
  await button.waitFor();
  const start = performance.now();
  await button.click();
  await dialog.getByText(/verified: /).waitFor({ timeout: 600_000 });
  const milliseconds = performance.now() - start;
  await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('saved'));
  await page.keyboard.press('Escape');
  return milliseconds;
}
