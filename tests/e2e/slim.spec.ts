/** Slim: channels are removed for real, and the smaller model is measured in the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { qualityOf } from './quality';
import { expect, samples, test } from './studio';

function slimOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Slim', exact: true });
}

const pressSlim = (page: Page) => slimOf(page).getByRole('button', { name: 'Slim', exact: true }).click();
const figures = (page: Page) => page.getByRole('group', { name: 'Slim model against the original' });

async function slim(page: Page): Promise<void> {
  await pressSlim(page);
  await expect(figures(page)).toHaveAttribute('data-stale', 'false', { timeout: 120_000 });
  await expect(slimOf(page)).toHaveAttribute('aria-busy', 'false');
}

test('half of the multiplications gone: measured, downloaded smaller, and it opens again', async ({ studio }) => {
  test.setTimeout(240_000);
  const { page } = studio;
  await page.getByRole('button', { name: /ONNX/ }).first().click();
  await studio.expectStatus('ready');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('Accuracy, 599 inputs');
  await expect(page.getByRole('group', { name: 'Multiplications and parameters' })).toContainText('MACs');

  await slimOf(page).getByLabel('Measure').selectOption({ label: 'MACs' });
  await studio.enter(slimOf(page).getByLabel('Target'), '50');
  await slim(page);
  await studio.expectStatus('ready');
  await expect(figures(page)).toContainText(/Accuracy 99\.7 % → 9\d\.\d %/);
  await expect(figures(page)).toContainText(/MACs · (4\d|50) %/);
  await expect(figures(page)).toContainText(/Time · .*ms → .*ms/);

  await slimOf(page).getByRole('button', { name: 'What went…' }).click();
  await expect(studio.dialog.getByRole('img', { name: /^Outputs of \d+ layers/ })).toBeVisible();
  await expect(studio.dialog.getByRole('table', { name: 'Before and after' })).toContainText(/\d threads?/);
  await page.keyboard.press('Escape');

  // An edit makes it stale, and undo makes it that of the recipe again.
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '30');
  await expect(slimOf(page)).toContainText('Of an earlier recipe.');
  await expect(slimOf(page).getByRole('button', { name: 'Download slim model' })).toHaveCount(0);
  await page.keyboard.press('Control+z');

  await studio.export();
  const downloading = page.waitForEvent('download');
  await studio.dialog.getByRole('button', { name: 'Download slim model' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('digits-cnn-slim.onnx');
  const smaller = readFileSync(await download.path());
  expect(smaller.length).toBeLessThan(0.7 * readFileSync(join(samples, 'digits-cnn.onnx')).length);
  await page.keyboard.press('Escape');

  await studio.open([{ name: 'digits-cnn-slim.onnx', mimeType: '', buffer: smaller }]);
  await expect(page.getByText('digits-cnn-slim.onnx').first()).toBeVisible();
  await studio.expectStatus('ready');
  await expect(figures(page)).toHaveCount(0);
});

test('without a target only what is dead goes, and where nothing is, that is said', async ({ studio }) => {
  const { page } = studio;
  await studio.openSample('digits-cnn.onnx');
  await studio.enter(slimOf(page).getByLabel('Target'), '');
  await pressSlim(page);
  await expect(slimOf(page)).toContainText(/[Nn]o(thing| channel)/, { timeout: 60_000 });
  await studio.expectStatus('ready');
});
