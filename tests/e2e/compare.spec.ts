/** Two checkpoints beside each other: what is equal, changed and missing, and the proof that one is the other pruned. */
import { readFileSync } from 'node:fs';
import { parseCsv } from '../support/parseCsv';
import { dropFiles } from './dropFiles';
import { expectNoSeriousFault } from './faults';
import { expect, sampleFile, test } from './studio';

test('a pruned file beside its original proves what was pruned, in words, table, pictures and files', async ({
  studio,
  page,
}) => {
  await studio.openSample('digits-cnn.pth');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  const { bytes } = await studio.download();
  await page.keyboard.press('Escape');
  const pruned = { name: 'pruned.pth', mimeType: '', buffer: bytes() };
  await dropFiles(page, pruned);
  await page.getByRole('dialog', { name: 'Another checkpoint' }).getByRole('button', { name: 'Compare' }).click();

  const dialog = page.getByRole('dialog', { name: 'pruned.pth beside digits-cnn.pth' });
  const result = dialog.getByRole('status', { name: 'Result' });
  await expect(result).toHaveText(
    'pruned.pth is digits-cnn.pth pruned: 58,992 weights in 4 tensors became zero, and nothing else changed. The other 14 tensors are equal, value for value.',
  );
  // By keyboard: the table has the focus, arrows choose, and what is chosen is drawn beside it.
  const table = dialog.getByRole('table', { name: 'Compared tensors' });
  const pair = dialog.getByRole('region', { name: 'Chosen pair' });
  await expect(pair).toContainText('became zero');
  await page.keyboard.press('ArrowDown');
  await expect(pair).toContainText('conv1.bias');
  await expect(pair.getByRole('list', { name: 'What happened to its weights' })).toHaveText('32 equal (100.0 %)');

  // Most changed first, only what changed.
  await dialog.getByRole('radiogroup', { name: 'Show' }).getByText('changed 4').click();
  await table.getByRole('button', { name: 'Zeros after' }).click();
  const zeros = await table.locator('tbody td[data-column="after"]').allTextContents();
  expect(zeros).toHaveLength(4);
  expect(zeros.map(Number.parseFloat)).toEqual(zeros.map(Number.parseFloat).sort((a, b) => b - a));
  await table.getByRole('row').nth(1).click();
  const colours = pair.getByRole('list', { name: 'Colours' });
  await expect(colours).toContainText(/digits-cnn\.pth0 zeros/);
  await pair.getByText('difference', { exact: true }).click();
  await expect(colours).toContainText('equal');
  await pair.getByText('Heat map').click();
  await expect(pair.getByRole('img', { name: /in pruned\.pth/ })).toBeVisible();
  await pair.getByText('over each other').click();
  await pair.getByRole('slider', { name: 'Edge between the two' }).press('ArrowRight');
  await expectNoSeriousFault(page, 'comparing', { within: '[role=dialog]' });

  // From the other side it is the same proof.
  await dialog.getByRole('button', { name: 'Swap before and after' }).click();
  await expect(result).toContainText('pruned.pth is digits-cnn.pth pruned');

  await dialog.getByRole('button', { name: 'Download' }).click();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('menuitem', { name: 'CSV' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/\.csv$/);
  const [head, ...rows] = parseCsv(readFileSync(await saved.path(), 'utf8'));
  expect(rows.filter((row) => row[head!.indexOf('state')] === 'changed')).toHaveLength(4);

  // It stays at hand while one goes on pruning.
  await page.keyboard.press('Escape');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Show the comparison' }).click();
  await dialog.getByRole('button', { name: 'Compare with another…' }).click();

  // The same weights in another format and order; and a file that is no checkpoint is named.
  const asking = page.getByRole('dialog', { name: 'What to compare with digits-cnn.pth' });
  await asking
    .locator('input[type=file]')
    .setInputFiles([{ name: 'page.pth', mimeType: '', buffer: Buffer.from('<!doctype html>') }]);
  await expect(page.getByRole('alert')).toContainText('page.pth');
  await dropFiles(page, sampleFile('digits-cnn.safetensors'));
  const of = page.getByRole('dialog', { name: 'digits-cnn.safetensors beside digits-cnn.pth' });
  await expect(of.getByRole('status', { name: 'Result' })).toContainText(
    'digits-cnn.safetensors is equal to digits-cnn.pth',
  );
});

test('histograms of selected layers lie over each other, by count or normalised', async ({ studio, page }) => {
  await studio.openSample('digits-cnn.pth');
  await studio.choose('conv1.weight');
  await page.keyboard.down('Shift');
  await studio.row('fc1.weight').first().getByText('fc1').click();
  await page.keyboard.up('Shift');
  await studio.setScope('Selected');
  const choice = page.getByRole('radiogroup', { name: 'Selected layers' });
  await choice.getByText('over each other').click();
  const outlines = page.getByTestId('overlaid').locator('[data-part="line"]');
  await expect(outlines).toHaveCount(3);
  await expect(page.getByRole('list', { name: 'Colours' })).toContainText('conv2.weight');
  const small = outlines.first();
  const byCount = await small.getAttribute('d');
  await choice.getByText('normalised').click();
  // The smallest layer is as high as the others now.
  await expect(small).not.toHaveAttribute('d', byCount!);
  // The handle is where it was.
  await studio.enter(studio.targetSparsity, '30');
  await expect(studio.threshold).toBeVisible();
  await choice.getByText('added up').click();
  await expect(outlines).toHaveCount(0);
});
