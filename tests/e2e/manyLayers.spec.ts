/** 300 layers: the table draws what is in view, and figures follow a drag. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformShapes, writeSafetensors } from '../bench/synthetic.mjs';
import { expect, test } from './studio';

let folder: string;
let file: string;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secateur-e2e-'));
  file = join(folder, 'many.safetensors');
  writeSafetensors(file, uniformShapes(300, 40e6));
});

test.afterAll(() => rmSync(folder, { recursive: true }));

test('of 300 layers, figures of all follow a drag over the whole model', async ({ studio, page }) => {
  await studio.open(file);
  await expect(studio.main).toHaveAttribute('data-status', 'ready');
  expect(await studio.rows().count()).toBeLessThan(80);
  await studio.setScope('Whole model');
  const box = (await studio.threshold.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  let before = 0;
  for (const distance of [10, 20, 40]) {
    await page.mouse.move(x + distance, y, { steps: 10 });
    await expect.poll(() => studio.sparsity()).toBeGreaterThan(before);
    before = await studio.sparsity();
    await expect(studio.sparsityOf('blocks.0.linear.weight')).not.toHaveText('0.0 %');
  }
  await page.mouse.up();
  await expect(studio.modelSparsity).not.toContainText('≈');
  expect(await studio.sparsity()).toBe(before);
});

test('the last of 300 layers is a key away', async ({ studio, page }) => {
  await studio.open(file);
  await expect(studio.main).toHaveAttribute('data-status', 'ready');
  await studio.rows().first().click();
  await page.keyboard.press('End');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('blocks.299.linear.weight');
  await expect(studio.row('blocks.299.linear.weight')).toBeInViewport();
});
