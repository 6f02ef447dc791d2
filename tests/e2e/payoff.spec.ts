/** Which runtimes would skip the zeros, and 2:4 by channels in another order. */
import { readFileSync } from 'node:fs';
import { expect, test } from './studio';

test('a person sees where 2:4 pays, wins magnitude back by permuting, and takes that file away', async ({
  studio,
  page,
}) => {
  test.setTimeout(180_000);
  const file = readFileSync('public/samples/digits-cnn.onnx');
  await studio.open([{ name: 'digits-cnn.onnx', mimeType: '', buffer: file }]);
  await studio.expectStatus('ready');
  const rule = { kinds: ['conv', 'linear'], criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' };
  const recipe = JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [rule] });
  await studio.open([{ name: 'half.recipe.json', mimeType: 'application/json', buffer: Buffer.from(recipe) }]);
  await expect(studio.modelSparsity).toHaveText('49.9 %');

  await page.getByRole('button', { name: 'Where will this pay?' }).click();
  await expect(studio.dialog.getByRole('listitem', { name: 'TensorRT' })).toContainText('fewer than 256 channels');
  await expect(studio.dialog.getByRole('listitem', { name: 'ONNX Runtime' })).toContainText('skips no zeros');

  const permuted = studio.dialog.getByRole('region', { name: 'Permuted channels' });
  await permuted.getByRole('button', { name: 'See what would be won' }).click();
  await expect(permuted).toContainText('is won back', { timeout: 120_000 });
  const downloading = page.waitForEvent('download');
  await permuted.getByRole('button', { name: 'Export (permuted)' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('digits-cnn-permuted.onnx');
  const written = readFileSync(await download.path());
  expect(written.length).toBe(file.length);
  expect(written.equals(file)).toBe(false);
});
