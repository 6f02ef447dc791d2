/** Reaching things: every command by its name, layers by their figures, and what is on the screen as files. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { parseCsv } from '../support/parseCsv';
import { expect, test } from './studio';

const palette = (page: Page) => page.getByRole('combobox', { name: 'Find a command or a layer' });

/** Opens the palette, and takes the first of what it finds. */
async function command(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await palette(page).fill(typed);
  await page.keyboard.press('Enter');
  await expect(palette(page)).toBeHidden();
}

test('every command is found by its name, run from the keyboard, and says what it needs', async ({ studio, page }) => {
  await page.keyboard.press('Control+k');
  await palette(page).fill('undo');
  await expect(page.getByRole('option', { name: /Undo Needs something to undo/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await palette(page).fill('sample safetensors');
  await page.keyboard.press('Enter');
  await studio.expectStatus('ready');

  await command(page, 'half of all');
  await expect.poll(() => studio.sparsity()).toBe(50);
  await command(page, 'whole model');
  await command(page, '80%');
  await expect.poll(() => studio.sparsity()).toBe(80);
  await command(page, 'undo');
  await expect.poll(() => studio.sparsity()).toBe(50);

  // What was used last stands first; a layer is found by its name.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('group', { name: 'Used last' }).getByRole('option').first()).toContainText('Undo');
  await palette(page).fill('fc2.w');
  await expect(page.getByRole('option', { name: /Filter the layers by fc2\.w/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(studio.row('fc2.weight').first()).toHaveAttribute('aria-selected', 'true');

  // A dialog that it opens goes back to where one was before; so does the palette itself.
  await studio.layers.focus();
  await command(page, 'shortcuts');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help.getByText('Find a command or a layer')).toBeVisible();
  await expect(help.getByText('Lock the selected layers, or unlock them')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(studio.layers).toBeFocused();
  await command(page, 'heat map');
  await expect(page.getByRole('tab', { name: 'Heat map' })).toHaveAttribute('aria-selected', 'true');
});

test('layers are filtered by figures and states, and the chart follows', async ({ studio, page }) => {
  await studio.openSample();
  await command(page, 'half of all');
  await expect.poll(() => studio.sparsity()).toBe(50);
  const chart = page.getByRole('region', { name: 'Sparsity by layer' });
  const drawn = chart.getByRole('img');
  await expect(drawn).toHaveAccessibleName(/Sparsity of 4 layers/);

  await studio.layers.focus();
  await page.keyboard.press('/');
  const filter = page.getByLabel('Filter layers');
  await expect(filter).toBeFocused();
  await page.keyboard.type('sparsity>30');
  await expect(studio.rows()).toHaveCount(2);
  await expect(drawn).toHaveAccessibleName(/Sparsity of 2 layers.* from .* in conv2\.weight to .* in fc1\.weight/);
  await filter.fill('in conv1|fc2');
  await expect(studio.rows()).toHaveCount(2);
  await filter.fill('out *.weight');
  await expect(studio.rows()).toHaveCount(2);
  await expect(chart).toContainText('Nothing that the filter shows is pruned.');
  await filter.fill('sparsty>3');
  await expect(page.getByText(/No figure is called sparsty: sparsity, /)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(studio.rows()).toHaveCount(4);
});

test('charts are taken away as PNG and SVG, tables as CSV', async ({ studio, page }) => {
  await studio.openSample();
  await command(page, 'half of all');
  await expect.poll(() => studio.sparsity()).toBe(50);
  const chart = page.getByRole('region', { name: 'Sparsity by layer' });
  await expect(chart.getByTestId('sparsity-bars')).toBeVisible();
  const menu = chart.getByRole('button', { name: 'Sparsity by layer as a file' });

  const svg = (await taken(page, menu, 'SVG')).toString();
  expect(svg).toContain('url(#chart-hatch)');
  expect(svg).toContain('<pattern');
  expect(svg).toContain('>Sparsity by</text>');
  // What a program without the page's stylesheets could not draw.
  expect(svg).not.toMatch(/var\(--|color-mix|color\(srgb|class="/);
  const png = await taken(page, menu, 'PNG');
  expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  // Two pixels to one of the page.
  const width = /width="(\d+)"/.exec(svg)?.[1];
  expect(png.readUInt32BE(16)).toBe(2 * Number(width));
  const rows = parseCsv((await taken(page, menu, 'CSV')).toString());
  expect(rows.map(([name]) => name)).toEqual(['name', 'conv1.weight', 'conv2.weight', 'fc1.weight', 'fc2.weight']);

  // The histogram, of HTML and drawings, and its bins.
  const histogram = page.getByRole('button', { name: 'Distribution of 4 layers as a file' });
  const bins = parseCsv((await taken(page, histogram, 'CSV')).toString()).slice(1);
  expect(bins.reduce((sum, [, , count]) => sum + Number(count), 0)).toBeGreaterThan(100_000);
  expect((await taken(page, histogram, 'SVG')).toString()).toContain('clip-path="url(#taken-');

  // The table as it is filtered, from the palette.
  await page.getByLabel('Filter layers').fill('conv*weight');
  await expect(studio.rows()).toHaveCount(2);
  const downloading = page.waitForEvent('download');
  await command(page, 'csv layers');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('digits-cnn-layers.csv');
  const table = parseCsv(readFileSync(await download.path(), 'utf8'));
  expect(table.map(([name]) => name)).toEqual(['name', 'conv1.weight', 'conv2.weight']);
  expect(Number(table[1]?.[9])).toBeCloseTo(23 / 288, 6);
});

async function taken(page: Page, menu: Locator, kind: string): Promise<Buffer> {
  await menu.focus();
  await page.keyboard.press('Enter');
  const downloading = page.waitForEvent('download');
  const name = (await menu.getAttribute('aria-label')) ?? '';
  await page
    .getByRole('menu', { name })
    .getByRole('menuitem', { name: `Download ${kind}` })
    .click();
  return readFileSync(await (await downloading).path());
}
