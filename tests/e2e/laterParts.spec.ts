/** Parts of the screen in files of their own: fetched when nothing is done, and never in silence where that fails. */
import { test as base } from '@playwright/test';
import { expect, Studio, test } from './studio';

test('what comes later is there before it is used', async ({ studio, page }) => {
  // The last of what is fetched while nothing is done.
  const isFetched = () =>
    page.evaluate(() =>
      performance.getEntriesByType('resource').some(({ name }) => /ScheduleChart-.*\.js$/.test(name)),
    );
  await expect.poll(isFetched).toBe(true);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await studio.openSample();
  await studio.export();
  await studio.dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: /^Presets/ }).click();
  await page.getByRole('menuitem', { name: 'Gradual (cubic)' }).click();
  await expect(studio.dialog.getByRole('img', { name: /^Sparsity after each recipe/ })).toBeVisible();
  expect(asked.filter((url) => /\.(js|css)$/.test(url))).toEqual([]);
});

base('a part that cannot be fetched is said to be missing, and comes when it can be', async ({ page }) => {
  const studio = new Studio(page);
  const isMissing = /\/assets\/(Panes|Dialogs)-[^/]*\.js$/;
  await page.route(isMissing, (route) => route.abort());
  await studio.visit();
  await studio.openSample();
  await expect(studio.alert).toContainText('could not be fetched');
  await expect(page.getByRole('region', { name: 'Editor' })).toBeAttached();
  await expect(page.getByRole('banner')).toContainText('digits-cnn.pth');

  // By itself.
  await page.unroute(isMissing);
  await expect(studio.rows()).toHaveCount(4, { timeout: 20_000 });
  await expect(studio.alert).toHaveCount(0);
});

base('a dialog that cannot be fetched comes when it is asked for again, and gives the focus back', async ({ page }) => {
  const studio = new Studio(page);
  const isMissing = /\/assets\/Dialogs-[^/]*\.js$/;
  await page.route(isMissing, (route) => route.abort());
  await studio.visit();
  await studio.openSample();
  const button = page.getByRole('button', { name: /^Export/ });
  await button.click();
  await expect(studio.alert).toContainText('could not be fetched');
  await page.unroute(isMissing);
  await studio.alert.getByRole('button', { name: 'Try again' }).click();
  await expect(studio.dialog.getByRole('button', { name: 'Download', exact: true })).toBeVisible();
  await expect(studio.alert).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(studio.dialog).toBeHidden();
});
