/** Recipes: saved, copied, and applied to a checkpoint again. */
import { readFileSync } from 'node:fs';
import type { Download } from '@playwright/test';
import { safetensorsFile, type Tensor, tensorsIn } from './safetensors';
import { expect, type NamedFile, recipeFile, recipeOf, rule, sampleFile, test } from './studio';

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

test('one by activations is saved with the norms that it goes by, and repeated with them', async ({ studio, page }) => {
  const inputs = { 'conv1.weight': 1, 'conv2.weight': 32, 'fc1.weight': 1024, 'fc2.weight': 96 };
  const norms = Object.entries(inputs).map(([name, count]): [string, Tensor] => [
    name,
    { shape: [count], values: Array.from({ length: count }, (_, i) => 1 + (i % 7)) },
  ]);
  const metadata = { format: 'secateur-activations', version: '1', inputs: '8 samples' };
  const side = safetensorsFile('any name.safetensors', Object.fromEntries(norms), metadata);
  await studio.openSample();
  await studio.open([side]);
  await expect(page.getByText('The norms of the inputs of 4 layers are there')).toBeVisible();
  await studio.open([recipeFile(recipeOf(rule({ criterion: 'activation', scope: 'row', amount: { sparsity: 0.6 } })))]);
  await expect(studio.modelSparsity).toHaveText('60.0 %');
  const exported = (await studio.download()).bytes();
  await page.keyboard.press('Escape');

  const downloads: Download[] = [];
  page.on('download', (download) => downloads.push(download));
  await page.keyboard.press('Control+s');
  await expect.poll(() => downloads.length).toBe(2);
  const saved = await Promise.all(
    downloads.map(async (download): Promise<NamedFile> => {
      const buffer = readFileSync(await download.path());
      return { name: download.suggestedFilename(), mimeType: 'application/octet-stream', buffer };
    }),
  );
  expect(saved.map(({ name }) => name)).toEqual(['digits-cnn.recipe.json', 'digits-cnn.norms.safetensors']);
  expect([...tensorsIn(saved[1]!.buffer)].sort()).toEqual(norms.sort());

  await studio.visit();
  await studio.open([sampleFile(), saved[0]!]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('Drop the recipe together with the .norms.safetensors file');
  await studio.open([...saved, sampleFile()]);
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('60.0 %');
  expect(Buffer.compare((await studio.download()).bytes(), exported)).toBe(0);
});

test('norms of other inputs are refused with what is wrong, and nothing changes', async ({ studio }) => {
  const metadata = { format: 'secateur-activations', version: '1' };
  await studio.openSample();
  for (const [tensors, wrong] of [
    [{ 'fc2.weight': { shape: [2], values: [1, 2] } }, 'fc2.weight'],
    [{ 'other.weight': { shape: [1], values: [1] } }, 'other.weight'],
  ] as const) {
    await studio.open([safetensorsFile('n.safetensors', tensors, metadata)]);
    await studio.expectStatus('error');
    await expect(studio.alert).toContainText(wrong);
    await expect(studio.alert).toContainText('n.safetensors');
  }
  await expect(studio.modelSparsity).toHaveText('0.0 %');
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
