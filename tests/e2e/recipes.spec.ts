/** Recipes: saved, copied, and applied to a checkpoint again. */
import { readFileSync } from 'node:fs';
import { expect, recipeFile, recipeOf, rule, sampleFile, test } from './studio';

test('one dropped beside the checkpoint is applied at once', async ({ studio }) => {
  await studio.open([sampleFile(), recipeFile(recipeOf(rule()))]);
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('80.0 %');
});

test('what was done is saved, and repeated on another file', async ({ studio, page }) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '40');
  await studio.setScope('This layer');
  await studio.enter(studio.thresholdValue, '0.1');
  await expect(studio.modelSparsity).not.toContainText('≈');
  const sparsity = await studio.sparsity();
  const saving = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('digits-cnn.recipe.json');

  await studio.openSample('digits-cnn.safetensors');
  await expect(studio.modelSparsity).toHaveText('0.0 %');
  await studio.open([{ name: 'r.json', mimeType: 'application/json', buffer: readFileSync(await saved.path()) }]);
  await expect.poll(() => studio.sparsity()).toBe(sparsity);
});

test('one is copied as it would be saved', async ({ studio, page }) => {
  await studio.openSample();
  await studio.enter(studio.targetSparsity, '40');
  await page.getByRole('button', { name: 'Recipe', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Copy as JSON' }).click();
  await expect(page.getByText('The recipe is on the clipboard.')).toBeVisible();
  const recipe = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(recipe.rules).toHaveLength(2);
  expect(recipe.rules[1]).toEqual(rule({ tensors: ['conv1.weight'], amount: { sparsity: 0.4 } }));
});

test('one in steps prunes what the step before left', async ({ studio }) => {
  const step = [rule({ scope: 'global', amount: { sparsity: 0.5 } })];
  await studio.open([sampleFile(), recipeFile({ format: 'secateur-recipe', version: 1, steps: [step, step] })]);
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('75.0 %');
});

test('one with an unknown field is refused by its name', async ({ studio }) => {
  await studio.openSample();
  await studio.open([recipeFile({ ...recipeOf(), colour: 'blue' })]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('colour');
});

test('one that asks for more than there is leaves everything as it was', async ({ studio }) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await studio.open([recipeFile(recipeOf(rule({ amount: { count: 1e9 } })))]);
  await studio.expectStatus('error');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
});
