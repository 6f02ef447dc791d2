/** The threshold by mouse, keyboard and numbers, and what follows it. */
import type { Locator } from '@playwright/test';
import { expect, type Studio, test } from './studio';

async function centreOfHandle(studio: Studio) {
  const box = (await studio.threshold.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Of the bars that are drawn, in pixels. */
async function heights(bars: Locator): Promise<number[]> {
  const path = (await bars.getAttribute('d')) ?? '';
  return [...path.matchAll(/M\d+ (\d+)V(\d+)h/g)].map(([, bottom, top]) => Number(bottom) - Number(top));
}

/** 1 where all are of one height. */
function evenness(bars: readonly number[]): number {
  return Math.min(...bars) / Math.max(...bars);
}

test.beforeEach(({ studio }) => studio.openSample());

test('fields for threshold and sparsity stay in step, both ways', async ({ studio }) => {
  await studio.enter(studio.thresholdValue, '0.05');
  // 50 of its 288 weights, as torch counts them.
  await expect(studio.targetSparsity).toHaveValue('17.4');
  await studio.enter(studio.targetSparsity, '75');
  await expect(studio.targetSparsity).toHaveValue('75.0');
  // Between the 216th and the 217th of their magnitudes.
  await studio.expectThreshold(0.2366, 0.2379);
});

test('fields take percents, fractions and exponents, and give back what is no number', async ({ studio }) => {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '25%');
  await expect(studio.modelSparsity).toHaveText('25.0 %');
  await studio.enter(studio.thresholdValue, '2e-2');
  await expect(studio.thresholdValue).toHaveValue('0.02000');
  const before = await studio.sparsity();
  await studio.enter(studio.targetSparsity, 'half');
  expect(await studio.sparsity()).toBe(before);
});

test('the handle is dragged with the mouse: figures follow, one undo takes it back', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  const before = await studio.sparsity();
  const { x, y } = await centreOfHandle(studio);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y, { steps: 5 });
  await page.mouse.move(x + 110, y, { steps: 5 });
  await expect.poll(() => studio.sparsity()).toBeGreaterThan(50);
  const during = await studio.sparsity();
  await page.mouse.up();
  expect(await studio.sparsity()).toBe(during);
  await expect(studio.modelSparsity).not.toContainText('≈');

  await page.keyboard.press('Control+z');
  await expect.poll(() => studio.sparsity()).toBe(before);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => studio.sparsity()).toBe(during);
});

test('the mirror image of the handle is dragged the other way', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  const { x, y } = await centreOfHandle(studio);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 60, y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => studio.sparsity()).toBeGreaterThan(10);
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true });

  test('the handle is dragged with a finger', async ({ studio, page }) => {
    await studio.setScope('Whole model');
    const { x, y } = await centreOfHandle(studio);
    const touch = await page.context().newCDPSession(page);
    const at = (moved: number) => [{ x: x + moved, y }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
    for (const moved of [20, 40, 60]) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(moved) });
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(() => studio.sparsity()).toBeGreaterThan(10);
    await expect(page.getByRole('button', { name: 'Undo' })).toBeEnabled();
  });
});

test('Escape during a drag goes back to where it began', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '30');
  const { x, y } = await centreOfHandle(studio);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y, { steps: 4 });
  await expect.poll(() => studio.sparsity()).toBeGreaterThan(40);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(studio.modelSparsity).toHaveText('30.0 %');
  await expect(page.getByRole('button', { name: 'Redo' })).toBeDisabled();
});

test('the handle moves by keyboard', async ({ studio }) => {
  await studio.threshold.focus();
  await studio.threshold.press('Shift+ArrowRight');
  await expect.poll(async () => Number(await studio.threshold.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
  const coarse = Number(await studio.threshold.getAttribute('aria-valuenow'));
  await expect(studio.targetSparsity).toHaveValue(coarse.toFixed(1));
  await studio.threshold.press('ArrowRight');
  await expect.poll(async () => Number(await studio.threshold.getAttribute('aria-valuenow'))).toBeGreaterThan(coarse);
  await studio.threshold.press('End');
  await expect(studio.threshold).toHaveAttribute('aria-valuenow', '100');
  await studio.threshold.press('Home');
  await expect(studio.threshold).toHaveAttribute('aria-valuenow', '0');
  await expect(studio.threshold).toHaveAttribute('aria-valuetext', /^threshold 0, 0\.0 percent of 288 weights pruned$/);
});

test('a hand-placed layer keeps its threshold, and the whole model takes it over', async ({ studio }) => {
  await studio.choose('fc1.weight');
  await studio.enter(studio.targetSparsity, '90');
  await studio.setScope('Whole model');
  await expect(studio.thresholdValue).toHaveAttribute('placeholder', 'mixed');
  await studio.enter(studio.targetSparsity, '40');
  await expect(studio.modelSparsity).toHaveText('40.0 %');
  // torch.kthvalue of the magnitudes of all four layers.
  await expect(studio.thresholdValue).toHaveValue('0.01605');
});

test('signed weights go from the lowest up', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  await page.getByLabel('Criterion').selectOption('signed');
  await studio.enter(studio.targetSparsity, '10');
  await expect(studio.modelSparsity).toHaveText('10.0 %');
  await expect(studio.thresholdValue).toHaveValue(/^-0\.\d+/);
});

test('reset prunes nothing in the scope', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '40');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(studio.modelSparsity).toHaveText('0.0 %');
});

test('the histogram shows magnitudes, and counts by their logarithm', async ({ studio, page }) => {
  const ticks = page.getByTestId('weight-axis');
  const bars = page.getByTestId('bars').locator('path');
  await expect(ticks).toHaveText(/^-0\.\d+.*0\.\d+$/);
  await page.getByRole('radiogroup', { name: 'Values' }).getByText('|w|', { exact: true }).click();
  await expect(ticks).toHaveText(/^0(\.0+)?0\.\d+[0-9.]+$/);
  const linear = await heights(bars);
  expect(linear.length).toBeGreaterThan(5);
  await page.getByRole('radiogroup', { name: 'Counts' }).getByText('log').click();
  await expect.poll(async () => evenness(await heights(bars))).toBeGreaterThan(evenness(linear));
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.threshold).toHaveAttribute('aria-valuenow', '50');
});
