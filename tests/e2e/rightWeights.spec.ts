/** What is pruned and why: kinds and axes set by hand, one of several models, and what the figure is of. */
import type { Locator, Page } from '@playwright/test';
import { expectNoSeriousFault } from './faults';
import { safetensorsFile, type Tensor, tensorsIn } from './safetensors';
import { expect, recipeFile, recipeOf, rule, type Studio, test } from './studio';

/** Ascending magnitudes of either sign, `zeros` of them zero. */
function weight(shape: readonly number[], zeros = 0): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Array.from({ length: count }, (_, i) => (i < zeros ? 0 : (i % 2 ? -1 : 1) * (i + 1))) };
}

const bias = (size: number): Tensor => ({ shape: [size], values: Array.from({ length: size }, () => 1) });

const model = safetensorsFile('model.safetensors', {
  'embed_tokens.weight': weight([8, 4]),
  'fc.weight': weight([4, 4], 3),
  'fc.bias': bias(4),
});

function outcome(page: Page): Locator {
  return page.getByRole('region', { name: 'Outcome' });
}

async function openModel(studio: Studio): Promise<void> {
  await studio.open([model]);
  await studio.expectStatus('ready');
}

test('the figure says what it is of, and tells zeros that were there from those that come', async ({
  studio,
  page,
}) => {
  await openModel(studio);
  await expect(outcome(page)).toContainText('16 of 52 weights are in pruning');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(outcome(page)).toContainText('5 of 16 go, 3 were zero before');
  await studio.export();
  await expect(studio.dialog.getByRole('row', { name: 'Of these, weights that go' })).toContainText('5');
  await expect(studio.dialog.getByRole('row', { name: 'In pruning, of 52' })).toContainText('16');
});

test('the figure fits on a narrow screen', async ({ studio, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openModel(studio);
  const figure = outcome(page).getByText('16 of 52 weights are in pruning');
  await expect(figure).toBeInViewport({ ratio: 1 });
  expect(await figure.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
});

test('kind and axes are set by keyboard, marked, undone, and exported', async ({ studio, page }) => {
  await openModel(studio);
  await studio.choose('embed_tokens.weight');
  await expect(studio.sparsityOf('embed_tokens.weight')).toHaveText('embedding: off');

  const change = page.getByRole('button', { name: 'Change…' });
  await change.focus();
  await page.keyboard.press('Enter');
  const kind = page.getByLabel('Kind', { exact: true });
  await expect(kind).toBeFocused();
  await expectNoSeriousFault(page, 'what a tensor is');
  await page.keyboard.type('linear');
  await expect(kind).toHaveValue('linear');
  // Inputs along dimension 0, outputs along dimension 1: each box lets go of the other side.
  const outputs = page.getByRole('group', { name: 'Outputs' });
  const inputs = page.getByRole('group', { name: 'Inputs' });
  for (let box = 0; box < 2; box++) await page.keyboard.press('Tab');
  await expect(outputs.getByLabel('1 · 4')).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await expect(inputs.getByLabel('0 · 8')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(outputs.getByLabel('0 · 8')).not.toBeChecked();
  await page.keyboard.press('Enter');

  await expect(change).toBeFocused();
  await expect(page.getByText('outputs: dimension 1 (4), inputs: dimension 0 (8)')).toBeVisible();
  await expect(studio.row('embed_tokens.weight')).toContainText('set by hand');
  await expect(outcome(page)).toContainText('48 of 52 weights are in pruning');

  await page.keyboard.press('Control+z');
  await expect(studio.sparsityOf('embed_tokens.weight')).toHaveText('embedding: off');
  await expect(studio.row('embed_tokens.weight')).not.toContainText('set by hand');
  await page.keyboard.press('Control+Shift+z');

  // 2:4 runs along the inputs, which are rows now: of every four neighbours in a column the two largest stay.
  await page.getByRole('button', { name: 'Presets' }).click();
  await page.getByRole('menuitem', { name: /2:4/ }).click();
  await expect(studio.sparsityOf('embed_tokens.weight')).toHaveText('50.0 %');
  const { values } = tensorsIn((await studio.download()).bytes()).get('embed_tokens.weight')!;
  const rows = Array.from({ length: 8 }, (_, row) => values.slice(4 * row, 4 * row + 4).map((value) => value !== 0));
  expect(rows).toEqual([false, false, true, true, false, false, true, true].map((kept) => Array(4).fill(kept)));
});

test('a pattern says it of all it names, and the file can be asked again', async ({ studio, page }) => {
  await studio.open([
    safetensorsFile('likes.safetensors', {
      'embeds.0.weight': weight([8, 4]),
      'embeds.1.weight': weight([6, 4]),
      'fc.weight': weight([4, 4]),
      'fc.bias': bias(4),
    }),
    recipeFile({
      ...recipeOf(rule({ scope: 'global', amount: { sparsity: 0 } })),
      layers: [{ tensors: ['embeds.*'], kind: 'embedding' }],
    }),
  ]);
  await studio.expectStatus('ready');
  await studio.choose('embeds.0.weight');
  await page.getByRole('button', { name: 'Change…' }).click();
  await page.getByLabel('Kind', { exact: true }).selectOption('linear');
  await page.getByLabel('All tensors whose name matches').check();
  await expect(page.getByLabel('Pattern')).toHaveValue('embeds.*.weight');
  await expect(page.getByText('2 tensors match')).toBeVisible();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(outcome(page)).toContainText('72 of 76 weights are in pruning');

  await page.getByRole('button', { name: 'Recipe', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Copy as JSON' }).click();
  await expect(page.getByText('The recipe is on the clipboard.')).toBeVisible();
  const recipe = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(recipe.layers.at(-1)).toEqual({ tensors: ['embeds.*.weight'], kind: 'linear' });
});

test('one of two models is chosen, and a copy takes the mask of the other', async ({ studio, page }) => {
  await studio.open('tests/golden/files/cases/model-and-ema.pth.tar');
  await studio.expectStatus('ready');
  const models = page.getByLabel('Models');
  await expect(models).toHaveValue(/"all"/);
  await expectNoSeriousFault(page, 'two models');
  await models.selectOption({ label: 'only state_dict · 136' });
  await expect(outcome(page)).toContainText('136 of 304 weights are in pruning');
  await page.keyboard.press('Control+z');
  await expect(outcome(page)).toContainText('272 of 304 weights are in pruning');
  await models.selectOption({ label: 'state_dict, and state_dict_ema with the same mask' });
  await expect(models).toHaveValue(/"twins"/);
  await page.getByRole('button', { name: 'Show only some' }).click();
  await page.getByRole('menuitem', { name: 'state_dict_ema', exact: true }).click();
  await expect(studio.rows()).toHaveCount(4);
  // What is done to a tensor of the copy is done to its original, and so to both.
  await studio.row('state_dict_ema.1.weight').click();
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.sparsityOf('state_dict_ema.1.weight')).toHaveText('50.0 %');
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(studio.sparsityOf('state_dict.1.weight')).toHaveText('50.0 %');
});

test('a file with one model asks for no choice', async ({ studio, page }) => {
  await studio.openSample();
  await expect(page.getByLabel('Models')).toHaveCount(0);
});

test('large weights of unknown use are switched in with one click', async ({ studio, page }) => {
  await studio.open([
    safetensorsFile('unknown.safetensors', {
      mystery: weight([32, 32]),
      'fc.weight': weight([4, 4]),
      'fc.bias': bias(4),
    }),
    recipeFile({
      ...recipeOf(rule({ scope: 'global', amount: { sparsity: 0 } })),
      layers: [{ tensors: ['mystery'], kind: 'unknown' }],
    }),
  ]);
  await studio.expectStatus('ready');
  await expect(outcome(page)).toContainText('16 of 1,044 weights are in pruning');
  await outcome(page).locator('[data-severity="warning"]').click();
  await page.getByRole('button', { name: 'Prune this tensor' }).click();
  await expect(outcome(page)).toContainText('1,040 of 1,044 weights are in pruning');
  await page.keyboard.press('Control+z');
  await outcome(page).locator('[data-severity="warning"]').click();
  await page.getByRole('button', { name: 'Set its axes' }).click();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('mystery');
  await expect(page.getByLabel('Kind', { exact: true })).toBeFocused();
});

test('a recipe with what a hand set is repeated beside the file', async ({ studio, page }) => {
  const layers = [{ tensors: ['embed_*'], kind: 'linear', outputs: [1], inputs: [0] }];
  const recipe = recipeFile({ ...recipeOf(rule({ scope: 'global', amount: { sparsity: 0.5 } })), layers });
  await studio.open([model, recipe]);
  await studio.expectStatus('ready');
  await expect(outcome(page)).toContainText('48 of 52 weights are in pruning');
  const { bytes } = await studio.download();
  expect(bytes().length).toBe(model.buffer.length);
});
