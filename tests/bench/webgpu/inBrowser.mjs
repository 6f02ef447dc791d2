/** Runs the benchmark in a page of headless Chromium. */
import { chromium } from '@playwright/test';
import { findChromium, webgpuArgs } from '../../../scripts/chromium.mjs';

// WebGPU wants a secure context, which localhost is; nothing listens there.
const address = 'http://localhost/webgpu-benchmark/';

/**
 * @param code of bundle.mjs
 * @param flags of Chromium
 */
export async function runInBrowser(code, options, flags) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    // Timestamps are multiples of 0.1 ms without the second one.
    args: [...webgpuArgs, '--enable-webgpu-developer-features', ...flags],
  });
  const page = await browser.newPage();
  await page.route(`${address}**`, (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: code })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>WebGPU</title>' }),
  );
  await page.exposeFunction('printLine', (line) => console.log(line));
  await page.goto(address);
  console.log(`Chromium ${browser.version()}.`);
  await page.evaluate(async (options) => {
    const { benchmark } = await import('./bench.js');
    await benchmark(navigator.gpu, options, window.printLine);
  }, options);
  await browser.close();
}
