/** What computes: the badge, all cores for a large file, and a backend that the address forces. */
import { expect, openHuge, test } from './studio';

test('the badge says what computes, and how many workers measured a large file', async ({ studio, page }) => {
  const badge = page.getByRole('status', { name: 'Computing' });
  await expect(badge).toHaveText(/^(WASM SIMD|WebGPU · .+)$/);
  test.skip((await badge.textContent()) !== 'WASM SIMD', 'a GPU measures here');
  await openHuge(page, 2);
  await studio.expectStatus('ready');
  const cores = await page.evaluate(() => Math.min(8, navigator.hardwareConcurrency));
  await expect(badge).toHaveText(cores > 1 ? `WASM SIMD × ${cores}` : 'WASM SIMD');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
});

test('an address forces a backend', async ({ studio, page }) => {
  await page.goto('/?backend=wasm');
  await expect(page.getByRole('status', { name: 'Computing' })).toHaveText('WASM SIMD');
  await studio.openSample();
});
