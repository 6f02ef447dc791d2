/** Charts as something to look at and to aim with: the axis, the marks, what follows a drag, and what each card speaks of. */
import type { Locator, Page } from '@playwright/test';
import { safetensorsFile } from './safetensors';
import { expect, type Studio, test } from './studio';

/** Where on the screen an element is, for pointers. */
async function boxOf(element: Locator) {
  await element.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await element.boundingBox())!;
  return { x, y, width, height, middle: { x: x + width / 2, y: y + height / 2 } };
}

function share(studio: Studio): Promise<number> {
  return studio.threshold.getAttribute('aria-valuenow').then(Number);
}

/** The first and the last figure along the axis. */
async function axisEnds(page: Page): Promise<readonly [number, number]> {
  const figures = await page.getByTestId('weight-axis').locator('span').allTextContents();
  return [Number(figures.at(0)), Number(figures.at(-1))];
}

test('the handle moves by exact amounts: keys by points, marks to round shares, Shift slowly', async ({
  studio,
  page,
}) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '40');
  await studio.threshold.focus();
  for (const [key, percent] of [
    ['ArrowRight', '40.1'],
    ['ArrowRight', '40.2'],
    ['Shift+ArrowRight', '41.2'],
    ['ArrowLeft', '41.1'],
    ['Shift+ArrowDown', '40.1'],
    ['PageUp', '50.1'],
    ['PageDown', '40.1'],
  ] as const) {
    await studio.threshold.press(key);
    await expect(studio.targetSparsity).toHaveValue(percent);
  }
  // Exactly a tenth of a point of 117,984 weights, ties or not.
  await expect(studio.main).toContainText('47,312 go · 70,672 stay');
  await expect(studio.modelSparsity).toHaveText('40.1 %');
  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toHaveText('50.1 %');

  const mark = page.getByRole('button', { name: 'Prune 75 %' });
  expect((await boxOf(mark)).height).toBeGreaterThanOrEqual(24);
  await mark.click();
  await expect(studio.modelSparsity).toHaveText('75.0 %');
  await expect(studio.main).toContainText('88,488 go');
  // One stop of the Tab key, and arrows among them.
  await mark.press('ArrowLeft');
  await expect(page.getByRole('button', { name: 'Prune 50 %' })).toBeFocused();

  await studio.enter(studio.targetSparsity, '40');
  const { middle } = await boxOf(studio.threshold);
  const dragged = async (by: number, key?: string) => {
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    if (key) await page.keyboard.down(key);
    await page.mouse.move(middle.x + by, middle.y, { steps: 4 });
    await page.mouse.up();
    if (key) await page.keyboard.up(key);
    const moved = await share(studio);
    await page.keyboard.press('Control+z');
    await expect(studio.modelSparsity).toHaveText('40.0 %');
    return moved - 40;
  };
  const fast = await dragged(12);
  const slow = await dragged(12, 'Shift');
  expect(slow).toBeGreaterThan(0);
  expect(slow).toBeLessThan(fast / 5);
});

test('what is said of the histogram lies above it, and moves with the line it speaks of', async ({ studio, page }) => {
  await studio.openSample();
  await studio.choose('fc1.weight');
  await studio.enter(studio.targetSparsity, '60');
  const bars = await boxOf(page.getByTestId('bars'));
  // No text lies over bars.
  const texts = page.getByRole('region', { name: 'Distribution' }).locator('span, b, button').filter({ hasText: /\d/ });
  for (const text of await texts.all()) {
    const box = await text.boundingBox();
    if (!box) continue;
    const isBeside =
      box.y + box.height <= bars.y + 8 || box.y >= bars.y + bars.height - 8 || box.x + box.width <= bars.x + 8;
    expect(isBeside, `${await text.textContent()} lies over the bars`).toBe(true);
  }
  // Around a round share, where it used to snap.
  const handle = await boxOf(studio.threshold);
  const said: string[] = [];
  for (const x of [-8, -6, -4, -2, 0, 2, 4, 6, 8]) {
    await page.mouse.move(handle.middle.x + 40 + x, bars.y + 60);
    await expect(page.getByTestId('ghost')).toBeVisible();
    said.push((await page.getByText(/would prune/).textContent()) ?? '');
  }
  expect(new Set(said).size).toBe(9);
  // And a click does what was said.
  const last = /([\d.]+) %/.exec(said.at(-1)!)![1]!;
  await page.mouse.down();
  await page.mouse.up();
  await expect(studio.targetSparsity).toHaveValue(last);
});

test('the axis is zoomed, moved and logarithmic, and the handle stays within reach', async ({ studio, page }) => {
  await studio.openSample();
  await studio.choose('fc1.weight');
  await studio.enter(studio.targetSparsity, '50');
  const threshold = await studio.thresholdValue.inputValue();
  const [, wide] = await axisEnds(page);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(async () => (await axisEnds(page))[1]).toBeLessThan(wide * 0.6);
  await expect(studio.main).toContainText(/Zoomed to .* of the weights/);

  // Ctrl and the wheel, where the pointer is.
  const bars = await boxOf(page.getByTestId('bars'));
  await page.mouse.move(bars.x + 10, bars.middle.y);
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await expect.poll(async () => (await axisEnds(page))[1]).toBeLessThan(Number(threshold));
  // The handle is out of sight, at the edge, and there to be dragged and moved by key, which brings it back.
  await expect(studio.threshold).toHaveAttribute('data-beyond', 'right');
  expect((await boxOf(studio.threshold)).middle.x).toBeCloseTo(bars.x + bars.width, 0);
  await studio.threshold.press('ArrowRight');
  await expect(studio.threshold).not.toHaveAttribute('data-beyond');
  await expect(studio.targetSparsity).toHaveValue('50.1');

  // The figures along the axis are dragged.
  const before = await axisEnds(page);
  const axis = { x: bars.middle.x, y: bars.y + bars.height + 14 };
  await page.mouse.move(axis.x, axis.y);
  await page.mouse.down();
  await page.mouse.move(axis.x + 200, axis.y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await axisEnds(page))[0]).toBeLessThan(before[0]);
  await studio.threshold.press('0');
  await expect.poll(async () => (await axisEnds(page))[1]).toBe(wide);

  await page.getByRole('radiogroup', { name: 'Values' }).getByText('log |w|').click();
  await expect.poll(async () => (await axisEnds(page))[0]).toBeGreaterThan(0);
  const [low, high] = await axisEnds(page);
  expect(high / low).toBeGreaterThanOrEqual(100);
  await studio.threshold.press('Home');
  await expect(studio.targetSparsity).toHaveValue('0.0');
  await page.getByRole('button', { name: 'Prune 50 %' }).click();
  await expect(studio.targetSparsity).toHaveValue('50.0');
});

test('each card speaks of one thing and says which, and all that is on the screen follows a drag', async ({
  studio,
  page,
}) => {
  await studio.openSample();
  await studio.choose('conv2.weight');
  const heading = page.getByRole('heading', { level: 2 });
  await expect(heading).toHaveText('conv2.weight');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '40');
  await expect(heading).toHaveText('Whole model');
  const editor = page.getByRole('region', { name: 'Editor' });
  await expect(editor).toContainText('4 layers · 118 k weights');
  await expect(editor).toContainText('sparsity40.0 %');

  // One card for the layer's picture, another for the handle over all layers.
  await page.getByRole('tab', { name: 'Heat map' }).click();
  const picture = page.getByRole('region', { name: 'Heat map' });
  await expect(picture.getByRole('heading', { level: 3 })).toHaveText('conv2.weight');
  await expect(picture.getByRole('heading', { level: 4 })).toHaveText(['Weights', /^Mask: 73\.\d % kept$/]);
  await expect(picture.getByRole('slider')).toHaveCount(0);
  const several = page.getByRole('region', { name: 'Threshold of several layers' });
  await expect(several).toContainText('Whole model: one threshold over 4 layers');
  await expect(several).toContainText('47,194 go · 70,790 stay');
  await expect(several.getByRole('slider', { name: 'Threshold' })).toBeVisible();
  await studio.setScope('This layer');
  await expect(picture.getByRole('slider', { name: 'Threshold' })).toBeVisible();
  await studio.setScope('Whole model');
  await page.getByRole('tab', { name: 'Distribution' }).click();

  // The chart of layers is of what is on the strip, also while the handle is held.
  const chart = page.getByRole('region', { name: 'Sparsity by layer' });
  const bars = page.getByTestId('sparsity-bars');
  const before = await bars.getAttribute('d');
  await expect(chart).toContainText('40.0 % overall');
  const { middle } = await boxOf(studio.threshold);
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 40, middle.y, { steps: 4 });
  await expect.poll(() => studio.sparsity()).toBeGreaterThan(60);
  await expect(chart).toContainText(`${(await studio.sparsity()).toFixed(1)} % overall`);
  expect(await bars.getAttribute('d')).not.toBe(before);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(bars).toHaveAttribute('d', before!);

  // What is selected is marked below the bars, not by a column that looks like one.
  const mark = await boxOf(page.getByTestId('selected-bars'));
  const drawn = await boxOf(bars);
  expect(mark.y).toBeGreaterThanOrEqual(drawn.y + drawn.height);
});

test('a pattern is seen in the bars, modules have a bar, the Tab key stops at what can be seen, and choices are not cut', async ({
  studio,
  page,
}) => {
  await studio.open([modules('encoder')]);
  await studio.expectStatus('ready');
  await page.getByRole('button', { name: 'Group by module' }).click();
  const chart = page.getByRole('region', { name: 'Sparsity by layer' });
  await expect(chart.getByRole('heading')).toHaveText('Sparsity by module');
  await expect(chart.getByRole('img', { name: /^Sparsity of 3 modules and layers/ })).toBeVisible();

  await studio.setScope('Whole model');
  await page.getByLabel('What goes together').selectOption({ label: 'n:m pattern' });
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  // A part of each bar in the middle, none of those at the sides.
  const whole = await boxOf(page.getByTestId('bars').locator('path'));
  await expect(page.getByTestId('pruned-bars')).toBeVisible();
  const gone = await boxOf(page.getByTestId('pruned-bars').locator('path'));
  expect(gone.width).toBeLessThan(whole.width);
  expect(gone.height).toBeLessThan(whole.height);
  expect(gone.height).toBeGreaterThan(3);

  // From the chart on: a stop that shows nothing is none.
  await chart.getByRole('img').focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('g:focus')).toHaveCount(0);

  // The longest choice there is fits its field.
  await studio.setScope('This layer');
  for (const select of await page.getByRole('group', { name: 'Method' }).getByRole('combobox').all()) {
    const room = await select.evaluate((element: HTMLSelectElement) => {
      const style = getComputedStyle(element);
      const context = document.createElement('canvas').getContext('2d')!;
      context.font = style.font;
      const widths = [...element.options].map(({ text }) => context.measureText(text).width);
      const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
      return element.clientWidth - padding - Math.max(...widths);
    });
    expect(room, (await select.textContent()) ?? '').toBeGreaterThanOrEqual(0);
  }
});

/** Three modules of two layers each, under one that holds them all. */
function modules(name: string) {
  const values = (seed: number) => Array.from({ length: 256 }, (_, i) => Math.sin(i * 12.9898 + seed) * 0.1);
  const layer = (seed: number) => ({ shape: [16, 16], values: values(seed) });
  return safetensorsFile(
    name,
    Object.fromEntries(
      [0, 1, 2].flatMap((block) => [
        [`layers.${block}.attn.weight`, layer(block)],
        [`layers.${block}.mlp.weight`, layer(block + 10)],
      ]),
    ),
  );
}
