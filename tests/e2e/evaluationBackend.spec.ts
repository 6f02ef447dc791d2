/** Models run on WebGPU, or on WASM, where the address says so, with the same figures. */
import { findChromium, webgpuArgs } from '../../scripts/chromium.mjs';
import { evaluateSample, quality, qualityOf } from './quality';
import { expect, test } from './studio';

test.setTimeout(600_000);
test.use({ launchOptions: { executablePath: findChromium(), args: webgpuArgs } });

/** Compiled and run by an adapter in software this takes a while, on a busy machine longer than any other wait. */
const slow = { timeout: 180_000 };

for (const [backend, label] of [
  ['webgpu', 'ONNX Runtime, WebGPU'],
  ['wasm', 'ONNX Runtime, WASM'],
] as const) {
  test(`accuracy by ${label}`, async ({ studio, page }) => {
    await page.goto(`/?backend=${backend}`);
    const hasAdapter = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
    test.skip(backend === 'webgpu' && !hasAdapter, 'Chromium has no WebGPU adapter here.');
    await evaluateSample(studio, slow);
    await expect.poll(() => quality(page), slow).toBe(99.7);
    await page.getByRole('button', { name: 'Quality options' }).click();
    await expect(page.getByRole('menu')).toContainText(label);
    await page.keyboard.press('Escape');

    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '97');
    await expect(qualityOf(page)).not.toContainText('99.7', slow);
    await expect.poll(() => quality(page), slow).toBe(70.6);
  });
}
