/** A closer look: what stands out in the weights, what pruning broke, what int8 would do, and which blocks could go. */
import { join } from 'node:path';
import { quality, qualityOf } from './quality';
import { expect, test } from './studio';

const goldens = 'tests/golden/files';

test('what stands out in the weights is said, shown, and can be locked', async ({ studio }) => {
  const { page, dialog } = studio;
  await studio.open(join(goldens, 'findings', 'findings.pt'));
  await studio.expectStatus('ready');
  await page.getByRole('button', { name: 'Understand…' }).click();
  const dead = dialog.getByRole('region', { name: /Dead filters and rows/ });
  await expect(dead).toContainText('conv.weight has 2 of 16 filters that are zero: 2, 5.');
  const twins = dialog.getByRole('region', { name: /Duplicate filters/ });
  await expect(twins).toContainText('turned.weight has 1 of 14 rows that is the same as an earlier one: 3 is 0.');
  // From the mark to the layer, by keyboard.
  await twins.getByRole('button', { name: 'Show turned.weight' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(studio.row('turned.weight')).toHaveAttribute('aria-selected', 'true');
});

test('a pruned sample: classes that paid, inputs that flip, and int8 on top', async ({ studio }) => {
  test.setTimeout(180_000);
  const { page, dialog } = studio;
  await page.getByRole('button', { name: /ONNX/ }).first().click();
  await studio.expectStatus('ready');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('Accuracy, 599 inputs', { timeout: 60_000 });
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '95');
  await expect(studio.modelSparsity).toContainText('95.0 %');
  const right = await quality(page);

  await page.getByRole('button', { name: 'Understand…' }).click();
  await dialog.getByRole('tab', { name: 'Classes' }).click();
  const lost = await dialog
    .getByRole('table', { name: 'Damage by class' })
    .locator('tbody td:last-child')
    .allTextContents();
  const sum = lost.reduce((all, each) => all + Number(each), 0);
  expect(lost).toHaveLength(10);
  // 599 inputs: what the classes lost together is what accuracy lost.
  const flips = dialog.getByRole('region', { name: 'Inputs that flip' });
  await expect(flips.getByRole('heading')).toContainText(/inputs flip: \d+ broken/);
  const broken = Number(/(\d+) broken/.exec((await flips.getByRole('heading').textContent()) ?? '')?.[1]);
  expect(broken).toBeGreaterThanOrEqual(sum);
  await expect(flips.getByRole('img').first()).toBeVisible();

  await dialog.getByRole('tab', { name: 'int8' }).click();
  const layers = dialog.getByRole('table', { name: 'int8 by layer' });
  await expect(layers.locator('tbody tr')).toHaveCount(4, { timeout: 60_000 });
  await expect(dialog).toContainText('Error, one scale a channel');
  await expect(dialog).toContainText(`as it is now ${right.toFixed(1)} %`);
  await expect(dialog).toContainText('a tensor');
  await page.keyboard.press('Escape');
  // A preview: nothing has changed.
  expect(await quality(page)).toBe(right);
});

test('the block that changes least is named, and can be left out', async ({ studio }) => {
  test.setTimeout(120_000);
  const { page, dialog } = studio;
  await studio.open(join(goldens, 'blocks', 'encoder.onnx'));
  await studio.expectStatus('ready');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Understand…' }).click();
  await dialog.getByRole('tab', { name: 'Blocks' }).click();
  await dialog.getByRole('button', { name: 'Measure blocks' }).click();
  await expect(dialog).toContainText('layers.1 changes what passes through it least', { timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Leave out layers.1' }).click();
  await expect(studio.sparsityOf('layers.1.up.weight')).toContainText('100.0 %');
  await page.keyboard.press('Control+z');
  await expect(studio.sparsityOf('layers.1.up.weight')).toContainText('0.0 %');
});
