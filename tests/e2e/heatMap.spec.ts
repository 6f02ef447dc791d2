/** The selected layer as a picture: weights and mask, zoomed by keyboard, wheel and buttons. */

import { appendFileSync, writeFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { findChromium, webgpuArgs } from '../../scripts/chromium.mjs';
import { safetensorsFile } from './safetensors';
import { expect, type Studio, test } from './studio';

test.use({ launchOptions: { executablePath: findChromium(), args: webgpuArgs } });

class HeatMap {
  readonly maps: Locator;
  readonly weights: Locator;
  readonly mask: Locator;
  readonly zoom: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.maps = page.getByRole('group', { name: /^Maps/ });
    this.weights = page.getByRole('img', { name: /^Magnitudes of/ });
    this.mask = page.getByRole('img', { name: /^Mask of/ });
    this.zoom = page.getByRole('status', { name: 'Zoom' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Heat map' }).click();
    await this.drawn();
  }

  /** Once nothing is being drawn, and something was. */
  async drawn(): Promise<void> {
    await expect(this.maps).toHaveAttribute('aria-busy', 'false');
    await expect.poll(() => coloursOf(this.weights)).toBeGreaterThan(4);
  }
}

/** How many colours a canvas has, and a number that says whether two images are the same. */
function pixelsOf(canvas: Locator): Promise<{ colours: number; hash: number }> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    // A copy: the canvas itself is not meant to be read.
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(element, 0, 0);
    const pixels = new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer);
    const hash = pixels.reduce((sum, pixel) => Math.imul(sum ^ pixel, 16777619), width);
    return { colours: new Set(pixels).size, hash };
  });
}

async function coloursOf(canvas: Locator): Promise<number> {
  return (await pixelsOf(canvas)).colours;
}

async function imageOf(canvas: Locator): Promise<number> {
  return (await pixelsOf(canvas)).hash;
}

async function openHeatMap(studio: Studio, page: Page, layer = 'conv2.weight'): Promise<HeatMap> {
  await studio.openSample();
  await studio.choose(layer);
  const heatMap = new HeatMap(page);
  await heatMap.open();
  return heatMap;
}

test('the mask follows the threshold, the weights stay', async ({ studio, page }) => {
  const { weights, mask } = await openHeatMap(studio, page);
  await expect(weights).toHaveAccessibleName(/64 outputs down × 32 inputs across, each crossing a kernel of 3 × 3/);
  await expect(mask).toHaveAccessibleName(/100\.0 % of the weights are kept/);
  const [weightsBefore, maskBefore] = [await imageOf(weights), await imageOf(mask)];
  await studio.enter(studio.targetSparsity, '50');
  await expect(mask).toHaveAccessibleName(/50\.0 % of the weights are kept/);
  await expect.poll(() => imageOf(mask)).not.toBe(maskBefore);
  expect(await imageOf(weights)).toBe(weightsBefore);
  await page.keyboard.press('Control+z');
  await expect.poll(() => imageOf(mask)).toBe(maskBefore);
});

test('the mask follows the handle while it is dragged', async ({ studio, page }) => {
  const { mask } = await openHeatMap(studio, page);
  const before = await imageOf(mask);
  await studio.threshold.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await studio.threshold.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + height / 2, { steps: 5 });
  await expect.poll(() => imageOf(mask)).not.toBe(before);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect.poll(() => imageOf(mask)).toBe(before);
});

test('what the GPU holds is drawn without the file', async ({ studio, page }, info) => {
  await page.goto('/?backend=webgpu');
  const badge = page.getByRole('status', { name: 'Computing' });
  await expect(badge).toHaveText(/./);
  test.skip(!(await badge.textContent())?.startsWith('WebGPU'), 'Chromium has no WebGPU adapter here.');
  const values = Array.from({ length: 800 * 900 }, (_, i) => Math.sin(i) * 0.1);
  const path = info.outputPath('matrix.safetensors');
  const bias = { shape: [800], values: Array.from({ length: 800 }, () => 1) };
  const tensors = { 'matrix.weight': { shape: [800, 900], values }, 'matrix.bias': bias };
  writeFileSync(path, safetensorsFile('matrix', tensors).buffer);
  await studio.open(path);
  await studio.expectStatus('ready');
  const heatMap = new HeatMap(page);
  await heatMap.open();
  const { maps, weights, mask } = heatMap;
  const [weightsBefore, maskBefore] = [await imageOf(weights), await imageOf(mask)];
  // From now on the browser refuses to read it.
  appendFileSync(path, 'more');
  await maps.focus();
  await page.keyboard.press('+');
  await expect.poll(() => imageOf(weights)).not.toBe(weightsBefore);
  await page.keyboard.press('0');
  await expect.poll(() => imageOf(weights)).toBe(weightsBefore);
  await studio.enter(studio.thresholdValue, '0.05');
  await expect.poll(() => imageOf(mask)).not.toBe(maskBefore);
  await expect(mask).toHaveAccessibleName(/66\.7 % of the weights are kept/);
  await expect(studio.alert).toHaveCount(0);
});

test('zooms and moves by keyboard', async ({ studio, page }) => {
  const heatMap = await openHeatMap(studio, page);
  const { maps, weights, zoom } = heatMap;
  const whole = await imageOf(weights);
  await maps.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(zoom).toHaveText('× 2.3');
  await heatMap.drawn();
  const zoomedIn = await imageOf(weights);
  expect(zoomedIn).not.toBe(whole);
  await page.keyboard.press('ArrowRight');
  await heatMap.drawn();
  await expect.poll(() => imageOf(weights)).not.toBe(zoomedIn);
  await page.keyboard.press('-');
  await expect(zoom).toHaveText('× 1.5');
  await page.keyboard.press('0');
  await expect(zoom).toHaveText('× 1.0');
  await expect.poll(() => imageOf(weights)).toBe(whole);
});

test('zooms by wheel and buttons, and says what is in the cell at the mouse', async ({ studio, page }) => {
  const heatMap = await openHeatMap(studio, page);
  const { weights, zoom } = heatMap;
  const { x, y, width, height } = (await weights.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -240);
  await expect(zoom).toHaveText('× 32');
  await expect(studio.main).toContainText(/output \d+, input \d+, kernel \(\d, \d\)/);
  await expect(studio.main).toContainText(/\|w\| [\d.e-]+ · kept/);
  await expect(page.getByRole('button', { name: 'Zoom in' })).toBeDisabled();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(zoom).toHaveText('× 1.0');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(zoom).toHaveText('× 1.5');
});

test('draws a vector as one row, and says why an integer is not drawn', async ({ studio, page }) => {
  const { weights } = await openHeatMap(studio, page, 'bn1.weight');
  await expect(weights).toHaveAccessibleName(/1 row down × 32 elements across/);
  await studio.row('bn1.num_batches_tracked').click();
  await expect(studio.main).toContainText('Its values cannot be drawn: i64: not floating point.');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('axe finds no serious fault', async ({ studio, page }) => {
      const { maps } = await openHeatMap(studio, page);
      await studio.enter(studio.targetSparsity, '50');
      await maps.focus();
      await page.keyboard.press('+');
      const { violations } = await new AxeBuilder({ page }).analyze();
      const faults = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect(faults).toEqual([]);
    });
  });
}
