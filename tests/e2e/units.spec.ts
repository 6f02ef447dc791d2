/** Channels that go together, by a handle: what follows it, and what is in the file. */
import { readFileSync } from 'node:fs';
import { found } from '../../src/lib/known';
import { evaluateSample, quality } from './quality';
import { expect, test } from './studio';

test('whole channels go by a handle: quality follows, and the file has them as zeros', async ({ studio }) => {
  test.setTimeout(180_000);
  const { page } = studio;
  await evaluateSample(studio);
  await studio.setScope('Whole model');
  await page.getByLabel('What goes together').selectOption('unit');
  await expect(page.getByText(/192 channels in 3 groups can go/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Effects of 192 channels/)).toBeVisible();
  const dense = await quality(page);

  await studio.enter(studio.targetSparsity, '25');
  await expect(page.getByText(/4[789] of 192 channels go/)).toBeVisible();
  await quality(page);
  const handle = found(await studio.threshold.boundingBox(), 'a handle');
  const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 120, y, { steps: 6 });
  await page.mouse.up();
  await expect(page.getByText(/^\d+ of 192 channels go/)).not.toHaveText(/^4[789] /);
  expect(await quality(page)).toBeLessThan(dense);

  const { path } = await studio.download();
  await page.keyboard.press('Escape');
  await expect(studio.dialog).toBeHidden();
  await studio.open([{ name: 'fewer.onnx', mimeType: 'application/octet-stream', buffer: readFileSync(path) }]);
  await studio.expectStatus('ready');
  // Filters that are zero whole have a norm of exactly 0.
  await studio.choose('conv2.weight');
  await page.getByLabel('What goes together').selectOption('outputs');
  await expect(page.getByText(/[1-9]\d* exact zeros/)).toBeVisible();
});
