/** Every screen at every size, and the main job by touch and at 200 % zoom. */
import type { Locator, Page } from '@playwright/test';
import { boxesOf, expectApart, expectNoSidewaysScroll, expectWithin } from './box';
import { expect, recipeFile, type Studio, test } from './studio';

const windows = [
  { width: 360, height: 640 },
  { width: 390, height: 600 },
  { width: 768, height: 1024 },
  { width: 1024, height: 768 },
  { width: 1280, height: 700 },
  { width: 1366, height: 768 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 2560, height: 1440 },
];

/** At rest, and wholly in the window: what is more scrolls inside. */
async function expectInWindow(page: Page, element: Locator): Promise<void> {
  await expect(element).toBeVisible();
  const size = page.viewportSize()!;
  await expect
    .poll(async () => {
      const box = await element.boundingBox();
      return box && box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height;
    })
    .toBe(true);
}

/** Nothing in it is cut off at a side. */
async function expectWholeInWidth(element: Locator): Promise<void> {
  expect(await element.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
}

test('from 360 to 2560 pixels nothing lies outside of its window', async ({ studio, page }) => {
  test.slow();
  const header = page.getByRole('banner');
  await expectNoSidewaysScroll(page);
  await studio.openSample();
  for (const window of windows) {
    await test.step(`${window.width} wide`, async () => {
      await page.setViewportSize(window);
      for (const name of [/^Export/, 'Presets', 'Undo', window.width < 900 ? 'More' : 'Recipe']) {
        await expect(header.getByRole('button', { name })).toBeVisible();
      }
      await expectNoSidewaysScroll(page);
      const controls = await boxesOf(header.getByRole('button'));
      expectWithin(controls, window);
      expectApart(controls);
      // Once the table has taken notice of its room.
      await expect
        .poll(async () => {
          const pane = await page.getByRole('region', { name: 'Checkpoint' }).boundingBox();
          const cell = await studio.sparsityOf('conv1.weight').boundingBox();
          return pane && cell && cell.x + cell.width <= pane.x + pane.width + 0.5;
        })
        .toBe(true);
      await expectWithin(await boxesOf(page.getByRole('radiogroup', { name: 'Edit scope' })), {
        ...window,
        height: Number.POSITIVE_INFINITY,
      });

      await header.getByRole('button', { name: 'Presets' }).click();
      await expectInWindow(page, page.getByRole('menu'));
      await expectWholeInWidth(page.getByRole('menu'));
      await page.keyboard.press('Escape');
      await expect(page.getByRole('menu')).toBeHidden();

      await studio.export();
      await expectInWindow(page, studio.dialog);
      await expectWholeInWidth(studio.dialog);
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();

      await page.keyboard.press('Shift+?');
      for (const topic of ['Keyboard shortcuts', 'Files', 'Recipes']) {
        await studio.dialog.getByRole('tab', { name: topic }).click();
        await expectInWindow(page, studio.dialog);
        await expectWholeInWidth(studio.dialog);
      }
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();
      await expectNoSidewaysScroll(page);
    });
  }
});

test('the divider is moved by mouse and by keys, remembered, and put back by a double click', async ({
  studio,
  page,
}) => {
  await studio.openSample();
  const divider = page.getByRole('separator', { name: 'Width of the layers' });
  const layers = page.getByRole('region', { name: 'Checkpoint' });
  const widthOf = async () => (await layers.boundingBox())?.width ?? 0;
  const first = await widthOf();
  const start = (await divider.boundingBox())!;
  await page.mouse.move(start.x + start.width / 2, 400);
  await page.mouse.down();
  await page.mouse.move(start.x + 100, 400, { steps: 4 });
  await page.mouse.move(start.x + start.width / 2 + 144, 400);
  await page.mouse.up();
  await expect.poll(widthOf).toBeCloseTo(first + 144, -0.5);
  await expect(divider).toHaveAttribute('aria-valuenow', String(Math.round(((first + 144) / 1440) * 100)));

  await divider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(widthOf).toBeCloseTo(first + 144 - 0.02 * 1440, -0.5);
  const moved = await widthOf();
  // Neither pane can be shut.
  await page.keyboard.press('End');
  await expect
    .poll(async () => (await page.getByRole('region', { name: 'Editor' }).boundingBox())?.width)
    .toBeGreaterThan(390);
  await page.keyboard.press('Home');
  await expect.poll(widthOf).toBeLessThan(moved);
  const least = await widthOf();
  expect(least).toBeGreaterThan(350);

  await studio.visit();
  await studio.openSample();
  await expect.poll(widthOf).toBeCloseTo(least, -0.5);
  await divider.dblclick();
  await expect.poll(widthOf).toBeCloseTo(first, -0.5);
  await expect(studio.sparsityOf('conv1.weight')).toBeVisible();
});

test('samples are opened from within, and the logo leads home after a question about work that would be lost', async ({
  studio,
  page,
}) => {
  const header = page.getByRole('banner');
  const home = header.getByRole('button', { name: 'Secateur' });
  await studio.visitPrivately();
  await studio.openSample();
  await header.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sample: ONNX' }).click();
  await expect(header).toContainText('digits-cnn.onnx');
  await studio.expectStatus('ready');
  await studio.enter(studio.targetSparsity, '50');
  await home.click();
  await expect(studio.dialog).toContainText('Leave this checkpoint?');
  await studio.dialog.getByRole('button', { name: 'Stay' }).click();
  await expect(studio.dialog).toBeHidden();
  await expect(studio.targetSparsity).toHaveValue('50.0');
  await home.click();
  const saving = page.waitForEvent('download');
  await studio.dialog.getByRole('button', { name: 'Save the recipe and leave' }).click();
  expect((await saving).suggestedFilename()).toBe('digits-cnn.recipe.json');
  await studio.expectStatus('empty');
  await expect(page.getByRole('heading', { name: 'See every layer’s weights' })).toBeVisible();

  // Nothing is left of what was open, and nothing is asked about it.
  await page.getByRole('button', { name: /^safetensors/ }).click();
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('0.0 %');
  await expect(header.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await home.click();
  await studio.expectStatus('empty');
});

test('a JSON that is no recipe leads to the help, whose example is one', async ({ studio, page }) => {
  await studio.openSample();
  await studio.open([recipeFile({ rules: [{ tensors: 3 }] })]);
  await expect(studio.alert).toContainText('Recipe refused');
  await expect(studio.alert).not.toContainText('docs/');
  await studio.alert.getByRole('button', { name: 'How a recipe is written' }).click();
  await expect(studio.dialog).toContainText('secateur-recipe');
  await studio.dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(studio.dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  await page.keyboard.press('Escape');

  await studio.open([{ name: 'labels.json', mimeType: '', buffer: Buffer.from('[1, 2]') }]);
  await expect(studio.alert).toContainText('a JSON file that is no recipe');
  await expect(studio.alert.getByRole('button', { name: 'How a recipe is written' })).toBeVisible();

  await studio.open([recipeFile(JSON.parse(copied))]);
  await studio.expectStatus('ready');
  await expect(studio.sparsityOf('conv1.weight')).toHaveText('20.1 %');
  await expect(studio.modelSparsity).not.toHaveText('0.0 %');
});

test('evaluation can be turned off in a low window', async ({ studio, page }) => {
  await page.setViewportSize({ width: 1280, height: 700 });
  await studio.openSample('digits-cnn.onnx');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  const quality = page.getByRole('group', { name: 'Quality', exact: true });
  await expect(quality).toContainText('random inputs');
  for (const window of [
    { width: 390, height: 600 },
    { width: 1280, height: 700 },
  ]) {
    await page.setViewportSize(window);
    await page.getByRole('button', { name: 'Quality options' }).click();
    await expectInWindow(page, page.getByRole('menu'));
    await expectNoSidewaysScroll(page);
    if (window.width < 900) await page.keyboard.press('Escape');
  }
  await page.getByRole('menuitem', { name: 'Turn evaluation off' }).click();
  await expect(page.getByRole('button', { name: 'Evaluate…' })).toBeVisible();
});

async function pruneHalf(studio: Studio): Promise<void> {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the whole job is done by touch alone', async ({ studio, page }) => {
    await expect(page.getByText('Choose a checkpoint on this device')).toBeVisible();
    await expect(page.getByText('Drop a checkpoint')).toBeHidden();
    await page.getByRole('button', { name: /^PyTorch/ }).tap();
    await studio.expectStatus('ready');
    await expectNoSidewaysScroll(page);

    // Room for a finger in the header, in the table and above the chart.
    const targets = await boxesOf(
      page
        .getByRole('banner')
        .getByRole('button')
        .or(page.getByRole('navigation').getByRole('button'))
        .or(page.getByRole('tab')),
    );
    for (const { name, ...box } of targets)
      expect(box.bottom - box.top, `height of ${name}`).toBeGreaterThanOrEqual(40);

    await studio.row('conv2.weight').getByText('conv2').tap();
    await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: 'Editor' }).tap();
    await expect(page.getByRole('heading', { level: 2 })).toHaveText('conv2.weight');
    await expect(page.getByRole('heading', { level: 2 })).toBeInViewport();
    await page.getByRole('radiogroup', { name: 'Edit scope' }).getByText('Whole model').tap();
    await studio.targetSparsity.tap();
    await studio.targetSparsity.fill('50');
    await studio.targetSparsity.press('Enter');
    // In sight while the chart is.
    await expect(studio.modelSparsity).toBeInViewport();
    await expect(studio.modelSparsity).toHaveText('50.0 %');

    await page.getByRole('button', { name: 'More', exact: true }).tap();
    await expectInWindow(page, page.getByRole('menu'));
    await page.getByRole('menuitem', { name: 'Copy as JSON' }).tap();

    await page.getByRole('button', { name: /^Export/ }).tap();
    await expectInWindow(page, studio.dialog);
    const downloading = page.waitForEvent('download');
    await studio.dialog.getByRole('button', { name: 'Download', exact: true }).tap();
    expect((await downloading).suggestedFilename()).toBe('digits-cnn-pruned.pth');
    await studio.dialog.getByRole('button', { name: 'Done' }).tap();
    await expect(studio.dialog).toBeHidden();
    await expectNoSidewaysScroll(page);
  });
});

test.describe('at 200 % zoom', () => {
  test.use({ viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 });

  test('the whole job is done in what is left of the window', async ({ studio, page }) => {
    await studio.openSample();
    await expectNoSidewaysScroll(page);
    await pruneHalf(studio);
    const { name } = await studio.download();
    expect(name).toBe('digits-cnn-pruned.pth');
    await expectInWindow(page, studio.dialog);
    await studio.dialog.getByRole('button', { name: 'Done' }).click();
    await expectNoSidewaysScroll(page);
  });
});
