/** Work that is kept: after a reload, in two tabs, and where nothing can be kept. */
import type { Page } from '@playwright/test';
import { expect, Studio, test } from './studio';

/** In the place of a file from the disk: the browser gives the same handles to files of its own. */
async function pickBy(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('digits-cnn.onnx', { create: true });
    const sample = await fetch('samples/digits-cnn.onnx');
    const writable = await handle.createWritable();
    await writable.write(await sample.blob());
    await writable.close();
  });
}

/** Drops that file with its handle. */
async function drop(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('digits-cnn.onnx');
    const transfer = new DataTransfer();
    transfer.items.add(await handle.getFile());
    const item = transfer.items[0]!;
    Object.assign(item, { getAsFileSystemHandle: async () => handle });
    Object.defineProperty(transfer, 'items', { value: [item] });
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
  });
}

const left = (page: Page) => page.getByRole('region', { name: 'Continue where you left off' });
const offered = (page: Page) => page.getByRole('region', { name: 'Kept work' });

test('a reload in the middle of work brings everything back', async ({ studio, page }) => {
  await pickBy(page);
  await drop(page);
  await studio.expectStatus('ready');
  await studio.choose('conv2.weight');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.sparsityOf('conv2.weight')).toHaveText('50.0 %');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '60');
  await expect(studio.modelSparsity).toHaveText('60.0 %');
  await page.keyboard.press('Control+z');
  await expect(studio.sparsityOf('conv2.weight')).toHaveText('50.0 %');
  const sparsity = await studio.sparsity();
  await page
    .getByRole('group', { name: 'Quality' })
    .getByRole('button', { name: /Evaluate/ })
    .click();
  await expect(page.getByRole('group', { name: 'Quality' })).toContainText('random inputs');
  await page.getByRole('tab', { name: 'Heat map' }).click();
  await page.getByRole('button', { name: 'Recipe', exact: true }).click();
  await expect(page.getByText('All changes are kept in this browser.')).toBeVisible();

  await page.reload();
  await expect(left(page)).toContainText('digits-cnn.onnx');
  await expect(left(page)).toContainText('1 change');
  await left(page).getByRole('button', { name: 'Continue' }).click();
  await studio.expectStatus('ready');
  await expect(page.getByText(/^Restored: 1 change/)).toBeVisible();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Whole model');
  await expect(studio.row('conv2.weight')).toHaveAttribute('aria-selected', 'true');
  expect(await studio.sparsity()).toBe(sparsity);
  await expect(page.getByRole('tab', { name: 'Heat map' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('group', { name: 'Quality' })).toContainText('random inputs');
  await page.keyboard.press('Control+Shift+z');
  await expect(studio.modelSparsity).toHaveText('60.0 %');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toHaveText('0.0 %');
});

test('a file opens clean and offers the work on it, and two tabs never lose either’s', async ({ studio, page }) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');

  const other = new Studio(await page.context().newPage());
  await other.visit();
  await expect(other.page.getByRole('region', { name: 'Recent files' })).toContainText('in another tab');
  await expect(left(other.page)).toBeHidden();
  await other.openSample();
  await expect(other.modelSparsity).toHaveText('0.0 %');
  const tabs = (of: Page) => of.getByRole('region', { name: 'Other tabs' });
  await expect(tabs(other.page)).toContainText('1 change, 50.0 % sparse');
  await expect(tabs(page)).toContainText('is open in another tab, too');
  await tabs(other.page).getByRole('button', { name: 'Copy its work here' }).click();
  await expect(other.modelSparsity).toHaveText('50.0 %');
  await other.setScope('Whole model');
  await other.enter(other.targetSparsity, '80');
  await expect(other.modelSparsity).toHaveText('80.0 %');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await studio.enter(studio.targetSparsity, '30');
  await expect(studio.modelSparsity).toHaveText('30.0 %');
  await other.page.close();

  // Under another name it is the same checkpoint.
  await page.reload();
  await studio.open('public/samples/digits-cnn.pth');
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('0.0 %');
  await expect(offered(page)).toContainText('2 changes, 30.0 % sparse');
  await offered(page).getByRole('button', { name: '1 more' }).click();
  await page.getByRole('menuitem', { name: /2 changes, 80.0 % sparse/ }).click();
  await expect(studio.modelSparsity).toHaveText('80.0 %');
  await expect(offered(page)).toBeHidden();
});

test('a recipe travels in a link, is pasted anywhere, and waits for a checkpoint', async ({ studio, page }) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '70');
  await page.getByRole('button', { name: 'Recipe', exact: true }).click();
  await expect(page.getByText('All changes are kept in this browser.')).toBeVisible();
  await page.getByRole('menuitem', { name: 'Copy as a link' }).click();
  await expect(page.getByText('A link that holds the recipe is on the clipboard.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());

  await page.goto('about:blank');
  await page.goto(link);
  const waiting = page.getByRole('region', { name: 'A recipe waits' });
  await expect(waiting).toContainText('The recipe of the link');
  await page.reload();
  await expect(waiting).toContainText('1 rule');
  await studio.openSample('digits-cnn.safetensors');
  await expect(studio.modelSparsity).toHaveText('70.0 %');
  await expect(page.getByText('The recipe of the link: 1 of 1 rule matched 4 tensors.')).toBeVisible();
  expect(new URL(page.url()).hash).toBe('');

  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toHaveText('0.0 %');
  await page.getByPlaceholder(/^Filter/).focus();
  await page.keyboard.press('Control+v');
  await expect(studio.modelSparsity).toHaveText('70.0 %');

  await page.evaluate(() => navigator.clipboard.writeText(`${location.href}#recipe=abc`));
  await page.keyboard.press('Control+v');
  await expect(studio.alert).toContainText('The link holds no whole recipe');
  await expect(studio.modelSparsity).toHaveText('70.0 %');
});
