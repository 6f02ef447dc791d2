/** Opening: by a click, by a drop, cancelled, failed, and files larger than memory should hold. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { expect, openHuge, sampleFile, test } from './studio';

test('a sample opens with one click', async ({ studio, page }) => {
  await page.getByRole('button', { name: /safetensors/ }).click();
  await studio.expectStatus('ready');
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
  await expect(page).toHaveTitle('digits-cnn.safetensors · Secateur');
});

test('a file opens when it is dropped anywhere on the window', async ({ studio, page }) => {
  const { name, buffer } = sampleFile();
  const dropped = await page.evaluateHandle(
    ({ name, bytes }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], name));
      return transfer;
    },
    { name, bytes: buffer.toString('base64') },
  );
  await page.dispatchEvent('header', 'dragenter', { dataTransfer: dropped });
  await expect(page.getByText('Drop to open')).toBeVisible();
  await page.dispatchEvent('header', 'drop', { dataTransfer: dropped });
  await studio.expectStatus('ready');
  await expect(page.getByText('Drop to open')).toBeHidden();
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
});

test('shows bytes and tensors while it measures, and stops at once', async ({ studio, page }) => {
  await openHuge(page, 250);
  await studio.expectStatus('opening');
  const report = page.getByRole('region', { name: 'Opening' });
  await expect(report).toContainText(/\d [MG]B of 16\.8 GB/);
  await expect(report).toContainText(/\d of 250 tensors/);
  await report.getByRole('button', { name: 'Cancel' }).click();
  await studio.expectStatus('empty');
  await studio.openSample();
});

test('the layers of a large file are there to be read while it is still measured', async ({ studio, page }) => {
  await openHuge(page, 250);
  await expect(studio.rows().first()).toContainText('blocks.0.fc.weight');
  await expect(studio.rows().first()).toContainText('4096 × 4096');
  await studio.layers.focus();
  await page.keyboard.press('End');
  await expect(studio.row('blocks.249.fc.weight')).toBeInViewport();
  await studio.expectStatus('opening');
  await expect(studio.layers.getByRole('checkbox')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await studio.expectStatus('empty');
  await expect(studio.layers).toBeHidden();
  await expect(page.getByRole('button', { name: 'Open checkpoint' })).toBeVisible();
});

test('what is open stays in use while the next one opens, and after that is cancelled', async ({ studio, page }) => {
  await studio.openSample();
  await openHuge(page, 250);
  await expect(page.getByRole('region', { name: 'Opening' })).toContainText('16.8 GB');
  await page.keyboard.press('Escape');
  await studio.expectStatus('ready');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
});

test('a file beyond 2 GB is pruned in its last layer and downloads', async ({ studio, page }) => {
  test.slow();
  const layers = 33;
  const layerBytes = 2 ** 26;
  await openHuge(page, layers);
  await expect(studio.main).toHaveAttribute('data-status', 'ready');
  await expect(page.getByRole('banner')).toContainText('2.2 GB');
  await page.getByLabel('Filter layers').fill(`blocks.${layers - 1}.`);
  await studio.rows().first().click();
  await studio.enter(studio.targetSparsity, '100');
  const { path } = await studio.download();
  await expect(studio.dialog).toContainText('verified: 16,777,');

  const { size } = statSync(path);
  expect(size).toBeGreaterThan(layers * layerBytes);
  const file = openSync(path, 'r');
  const [last, before] = [Buffer.alloc(layerBytes), Buffer.alloc(layerBytes)];
  readSync(file, last, 0, layerBytes, size - layerBytes);
  readSync(file, before, 0, layerBytes, size - 2 * layerBytes);
  closeSync(file);
  expect(last.every((byte) => byte === 0)).toBe(true);
  expect(before.every((byte) => byte === 0)).toBe(false);
});

test('a file that is no checkpoint is named for what it is', async ({ studio }) => {
  await studio.open([{ name: 'page.pth', mimeType: '', buffer: Buffer.from('<!doctype html><title>404</title>') }]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('page.pth');
  await expect(studio.alert).toContainText(/web page/i);
  await studio.openSample();
  await expect(studio.alert).toBeHidden();
});

test('a damaged file leaves what was open in use', async ({ studio, page }) => {
  await studio.openSample();
  const { name, buffer } = sampleFile();
  await studio.open([{ name: `cut-${name}`, mimeType: '', buffer: buffer.subarray(0, 3000) }]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('cut-digits-cnn.pth');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await page.getByRole('button', { name: 'Dismiss the error' }).click();
  await studio.expectStatus('ready');
});
