/** Quality beside sparsity: the model runs in the browser, original and pruned. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expectNoSeriousFault } from './faults';
import { chooseFromMenu, evaluateSample, quality, qualityOf } from './quality';
import { expect, samples, test } from './studio';

// ONNX Runtime is 14 MB of WebAssembly, compiled afresh by every page.

function evaluatedRecipes(page: Page): Locator {
  return page.getByRole('group', { name: 'Evaluated recipes' }).getByRole('button');
}

test('accuracy follows the handle', async ({ studio }) => {
  const { page } = studio;
  await evaluateSample(studio);
  await expect.poll(() => quality(page)).toBe(99.7);

  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '90');
  await expect(evaluatedRecipes(page)).toHaveCount(2);
  expect(await quality(page)).toBeGreaterThan(98);

  // The figure follows while the handle is held, and what is let go of joins the trail.
  const box = (await studio.threshold.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 400, box.y + box.height / 2, { steps: 4 });
  await expect.poll(() => quality(page)).toBeLessThan(80);
  await expect(evaluatedRecipes(page)).toHaveCount(2);
  await page.mouse.up();
  await expect(evaluatedRecipes(page)).toHaveCount(3);
});

test('a point of the trail leads back to its recipe', async ({ studio }) => {
  const { page } = studio;
  await evaluateSample(studio);
  await studio.setScope('Whole model');
  for (const [at, sparsity] of ['50', '90'].entries()) {
    await studio.enter(studio.targetSparsity, sparsity);
    await expect(evaluatedRecipes(page)).toHaveCount(at + 2);
  }
  await expect(page.getByRole('region', { name: 'Quality against sparsity' })).toContainText(
    'front: best at each sparsity',
  );
  await page.getByRole('button', { name: /^50\.0 % sparsity, Accuracy/ }).click();
  await expect(studio.modelSparsity).toContainText('50.0 %');
  await expect(evaluatedRecipes(page)).toHaveCount(3);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(studio.modelSparsity).toContainText('90.0 %');
  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toContainText('50.0 %');
});

test('what is not live waits to be asked', async ({ studio }) => {
  const { page } = studio;
  await evaluateSample(studio);
  await page.getByRole('button', { name: 'Quality options' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Evaluate after every change' }).click();
  await page.keyboard.press('Escape');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '97');
  await expect(qualityOf(page)).toContainText('of an earlier recipe');
  await qualityOf(page).getByRole('button', { name: 'Evaluate' }).click();
  await expect.poll(() => quality(page)).toBeLessThan(90);
});

test('sensitivity: a cell places its sparsity on its layer', async ({ studio }) => {
  const { page } = studio;
  await evaluateSample(studio);
  await page.getByRole('tab', { name: 'Sensitivity' }).click();
  await page.getByRole('button', { name: 'Measure sensitivity' }).click();
  await expect(page.getByRole('button', { name: 'Measure again' })).toBeEnabled({ timeout: 180_000 });
  const map = page.getByRole('grid', { name: 'Sensitivity: Accuracy by layer and sparsity' });
  await expect(map.getByRole('gridcell', { name: 'not measured' })).toHaveCount(0);

  await map.getByRole('gridcell', { name: /^conv2\.weight at 90 %: Accuracy/ }).click();
  await expect(studio.sparsityOf('conv2.weight')).toContainText('90.0 %');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(studio.sparsityOf('conv2.weight')).toContainText('80.0 %');
  // A click that edits the recipe says so, and how to take it back.
  await expect(page.getByText('conv2.weight is pruned by 80.0 % now.')).toBeVisible();
  await page.getByRole('alert').or(page.getByRole('status')).getByRole('button', { name: 'Undo' }).click();
  await expect(studio.sparsityOf('conv2.weight')).toContainText('90.0 %');

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('digits-cnn.sensitivity.csv');
  expect(readFileSync(await download.path(), 'utf8')).toMatch(/^layer,weights,sparsity,accuracy,/);

  await page.getByRole('tab', { name: 'Curve' }).click();
  const curve = page.getByRole('group', { name: 'Accuracy by sparsity of conv2.weight' });
  await curve.getByRole('button', { name: /^conv2\.weight at 50 %/ }).press('Enter');
  await expect(studio.sparsityOf('conv2.weight')).toContainText('50.0 %');
});

test('sensitivity that is cancelled keeps what was measured', async ({ studio }) => {
  const { page, dialog } = studio;
  await studio.openSample('digits-cnn.onnx');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  // So many that it cannot be over before it is cancelled.
  await chooseFromMenu(page, 'Change inputs…');
  await dialog.getByRole('textbox', { name: 'Batch', exact: true }).fill('6000');
  await dialog.getByRole('button', { name: 'Use random inputs' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('tab', { name: 'Sensitivity' }).click();
  await page.getByRole('button', { name: 'Measure sensitivity' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Sensitivity' });
  await expect(panel.getByRole('gridcell').first()).not.toHaveText('·');
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel).toContainText(/cancelled after \d+ of \d+ evaluations/);
  await expect(panel.getByRole('gridcell').first()).not.toHaveText('·');
  await expect(panel.getByRole('gridcell').last()).toHaveText('·');
  await expect(panel.getByRole('button', { name: 'CSV' })).toBeEnabled();
});

test('layer drift says where the error arises', async ({ studio }) => {
  const { page } = studio;
  await evaluateSample(studio);
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '90');
  await expect(evaluatedRecipes(page)).toHaveCount(2);
  await page.getByRole('tab', { name: 'Drift' }).click();
  await page.getByRole('button', { name: 'Measure layer drift' }).click();
  const table = page.getByRole('table', { name: 'Layer drift' });
  await expect(table.getByRole('rowheader')).toHaveText([/conv1/, /conv2/, /fc1/, /fc2/]);
});

test('auto-tune ends with a recipe, a verdict and both points', async ({ studio }) => {
  const { page, dialog } = studio;
  await evaluateSample(studio);
  await page.getByRole('button', { name: 'Auto-tune…' }).click();
  await expect(dialog.getByRole('radio', { name: 'The sparsest model with accuracy of at least' })).toBeChecked();
  await expect(dialog).toContainText('this allows −1.0 points');
  await dialog.getByRole('button', { name: 'Start' }).click();
  const verdict = dialog.getByText(
    /^At [\d.]+ % sparsity on \d+ inputs that the search did not see: Accuracy .* one global magnitude threshold/i,
  );
  await expect(verdict).toBeVisible({ timeout: 180_000 });
  await expect(dialog.getByRole('table', { name: 'Auto-tune against one global threshold' })).toBeVisible();
  await expectNoSeriousFault(page, 'the verdict', { within: '[role=dialog]' });
  await dialog.getByRole('button', { name: 'Done' }).click();

  expect(await studio.sparsity()).toBeGreaterThan(80);
  expect(await quality(page)).toBeGreaterThanOrEqual(98.6);
  await expect(page.getByRole('button', { name: /, auto-tune: return/ })).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('button', { name: /, one global threshold: return/ })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toContainText('0.0 %');
});

test('weights are paired with the graph that was exported from them', async ({ studio }) => {
  const { page, dialog } = studio;
  await studio.openSample('digits-cnn.pth');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await dialog.getByLabel('ONNX graph').setInputFiles(join(samples, 'digits-cnn.onnx'));
  await expect(dialog).toBeHidden();
  await expect(qualityOf(page)).toContainText('random inputs');
  await chooseFromMenu(page, 'Show the pairing…');
  await expect(dialog.getByRole('row', { name: /conv1\.weight conv1\.weight name, shape and content/ })).toBeVisible();
});

test('a doubtful pairing is confirmed before anything is evaluated', async ({ studio }) => {
  const { page, dialog } = studio;
  await studio.openSample('digits-cnn.pth');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  const { path } = await studio.download();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await studio.open([{ name: 'trained-on.pth', mimeType: '', buffer: readFileSync(path) }]);
  await expect(page).toHaveTitle(/trained-on/);

  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await dialog.getByLabel('ONNX graph').setInputFiles(join(samples, 'digits-cnn.onnx'));
  await expect(page.getByRole('dialog', { name: 'Is this pairing right?' })).toBeVisible();
  await expect(dialog).toHaveCount(1);
  await expect(dialog.getByRole('row', { name: /conv1\.weight .* content differs/ })).toBeVisible();
  await expectNoSeriousFault(page, 'the pairing', { within: '[role=dialog]' });
  await dialog.getByRole('button', { name: 'Confirm and evaluate' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');

  await chooseFromMenu(page, 'Turn evaluation off');
  await expect(qualityOf(page).getByRole('button', { name: 'Evaluate…' })).toBeVisible();
});

test('what goes wrong is a sentence, and the studio goes on', async ({ studio }) => {
  const { page, dialog } = studio;
  await studio.openSample('digits-cnn.onnx');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  await chooseFromMenu(page, 'Change inputs…');
  await dialog.getByText('Arrays', { exact: true }).click();
  await dialog.getByLabel('Array files', { exact: true }).setInputFiles({
    name: 'noise.npy',
    mimeType: '',
    buffer: Buffer.from('these are no numbers'),
  });
  await expect(dialog.getByRole('alert')).toContainText('noise.npy');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(qualityOf(page)).toContainText('Not evaluated');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toContainText('50.0 %');
  // The inputs from before are still there.
  await expect(qualityOf(page)).toContainText('random inputs');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`no serious fault on any of its screens, ${scheme}`, async ({ studio }) => {
    const { page, dialog } = studio;
    // What differs between the two is colour.
    const rules = scheme === 'dark' ? ['color-contrast'] : undefined;
    const expectNone = (where: string, within = '[role=dialog]') =>
      expectNoSeriousFault(page, where, { rules, within });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await studio.openSample('digits-cnn.pth');
    await page.getByRole('button', { name: 'Evaluate…' }).click();
    await expectNone('the dialog for the graph');
    await dialog.getByLabel('ONNX graph').setInputFiles(join(samples, 'digits-cnn.onnx'));
    await expect(qualityOf(page)).toContainText('random inputs');

    await page.getByRole('tab', { name: 'Sensitivity' }).click();
    await page.getByRole('button', { name: 'Measure sensitivity' }).click();
    await expect(page.getByRole('button', { name: 'Measure again' })).toBeEnabled({ timeout: 180_000 });
    await expectNone('the heat map', 'main');
    await page.getByRole('tab', { name: 'Curve' }).click();
    await expectNone('the curve', '[aria-label=Editor]');
    await page.getByRole('tab', { name: 'Drift' }).click();
    await page.getByRole('button', { name: 'Measure layer drift' }).click();
    await expect(page.getByRole('table', { name: 'Layer drift' })).toBeVisible();
    await expectNone('the drift', '[aria-label=Editor]');

    await page.getByRole('button', { name: 'Quality options' }).click();
    await expect(page.getByRole('menuitem', { name: 'Change inputs…' })).toBeVisible();
    await expectNone('the menu', '[aria-label=Outcome]');
    await page.keyboard.press('Escape');
    for (const item of ['All figures…', 'Auto-tune…', 'Show the pairing…', 'Change inputs…']) {
      await chooseFromMenu(page, item);
      await expect(dialog).toBeVisible();
      await expectNone(item);
      if (item !== 'Change inputs…') {
        await page.keyboard.press('Escape');
        await expect(dialog).toBeHidden();
      }
    }
    for (const kind of ['Arrays', 'Images', 'Token ids']) {
      await dialog.getByText(kind, { exact: true }).first().click();
      await expectNone(kind);
    }
  });
}
