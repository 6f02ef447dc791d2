/** Repair: what pruning took is won back by fitting the weights that stay, on the screen and in the files that leave it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Locator, Page } from '@playwright/test';
import { chooseFromMenu, quality, qualityOf, runOnTestSet } from './quality';
import { expect, type Studio, sampleFile, samples, test } from './studio';

function repairOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Repair', exact: true });
}

const pressRepair = (page: Page) => repairOf(page).getByRole('button', { name: 'Repair', exact: true }).click();
const repaired = (page: Page) => repairOf(page).getByRole('checkbox', { name: 'Repaired' });

/** At so many percent by one global magnitude threshold, and evaluated. */
async function pruneTo(studio: Studio, percent: string): Promise<void> {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, percent);
  await expect(studio.modelSparsity).toContainText(`${percent}.0 %`);
}

/** Presses Repair, and waits until what comes of it is shown. */
async function repair(page: Page): Promise<void> {
  await pressRepair(page);
  await expect(repaired(page)).toBeChecked({ timeout: 120_000 });
}

/** The sample as a person opens it: its calibration set comes with it. */
async function evaluateSampleOfPage(studio: Studio): Promise<void> {
  const { page } = studio;
  await page.getByRole('button', { name: /ONNX/ }).first().click();
  await studio.expectStatus('ready');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('Accuracy, 599 inputs');
}

/** Runs an open model that is no sample on the sample's test set, as a person's own inputs. */
async function runOnOwnTestSet({ page, dialog }: Studio): Promise<void> {
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  await chooseFromMenu(page, 'Change inputs…');
  await dialog.getByText('Arrays').click();
  await dialog.getByLabel('Array files', { exact: true }).setInputFiles(join(samples, 'digits-test.npz'));
  await expect(dialog).toContainText('599 samples');
  await dialog.getByRole('button', { name: 'Done' }).click();
}

test('97 % of the weights gone, and it still works, in the file as well', async ({ studio }) => {
  test.setTimeout(240_000);
  const { page } = studio;
  await evaluateSampleOfPage(studio);
  await expect(repaired(page)).toHaveCount(0);
  await expect(repairOf(page).getByRole('checkbox', { name: 'Live repair' })).toHaveCount(0);
  await pruneTo(studio, '97');
  await expect.poll(() => quality(page)).toBeLessThan(71);
  expect(await quality(page)).toBeGreaterThan(70);

  await repair(page);
  await expect(studio.main).toHaveAttribute('data-status', 'ready');
  const won = await quality(page);
  expect(won).toBeGreaterThanOrEqual(98.3);
  const three = page.getByRole('group', { name: 'Accuracy before pruning, pruned and repaired' });
  await expect(three).toContainText(/Before pruning 99\.7 %\s*Pruned 70\.6 %\s*Repaired 9[89]\.\d %/);

  await repaired(page).uncheck();
  expect(await quality(page)).toBeLessThan(71);
  await repaired(page).check();
  expect(await quality(page)).toBe(won);

  const { path } = await studio.download();
  await expect(studio.dialog).toContainText('verified: 114,');
  await page.keyboard.press('Escape');

  // Stale after an edit, and left out of what is exported; undone, it is that of the recipe again.
  await studio.enter(studio.targetSparsity, '96');
  await expect(repaired(page)).toBeDisabled();
  await expect(repaired(page)).not.toBeChecked();
  await expect(repairOf(page)).toContainText('Of an earlier recipe.');
  await studio.export();
  await expect(studio.dialog).toContainText('The repair is of an earlier recipe and is left out');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await expect(repaired(page)).toBeChecked();
  expect(await quality(page)).toBe(won);
  await page.keyboard.press('Control+z');
  await expect(repaired(page)).toHaveCount(0);

  // The file is what it says: opened again it reads the same accuracy, with nothing pruned here.
  await studio.visit();
  await studio.open([{ name: 'won.onnx', mimeType: 'application/octet-stream', buffer: readFileSync(path) }]);
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toContainText('97.0 %');
  await runOnOwnTestSet(studio);
  expect(await quality(page)).toBe(won);
});

test('a recipe and the file beside it give the same model on a fresh page', async ({ studio }) => {
  test.setTimeout(240_000);
  const { page } = studio;
  await evaluateSampleOfPage(studio);
  await pruneTo(studio, '97');
  await repair(page);
  const won = await quality(page);
  const files: Download[] = [];
  page.on('download', (download) => files.push(download));
  await page.keyboard.press('Control+s');
  await expect.poll(() => files.length).toBe(2);
  const saved = await Promise.all(
    files.map(async (file) => ({
      name: file.suggestedFilename(),
      mimeType: 'application/octet-stream',
      buffer: readFileSync(await file.path()),
    })),
  );
  expect(saved.map(({ name }) => name)).toEqual(['digits-cnn.recipe.json', 'digits-cnn-repair.safetensors']);

  await studio.visit();
  await studio.open([sampleFile('digits-cnn.onnx'), ...saved]);
  await studio.expectStatus('ready');
  await expect(repaired(page)).toBeChecked();
  await runOnTestSet(studio);
  await expect.poll(() => quality(page)).toBe(won);

  // Without it the recipe prunes, and says what is missing.
  await studio.visit();
  await studio.open([sampleFile('digits-cnn.onnx'), ...saved.slice(0, 1)]);
  await studio.expectStatus('ready');
  await expect(repairOf(page)).toContainText('its repaired weights are not here');
});

test('a repair is cancelled at once, takes a share of the inputs by default, and says where it does not help', async ({
  studio,
}) => {
  test.setTimeout(240_000);
  const { page } = studio;
  // Not a sample that the page knows: nothing comes with it.
  await studio.open([{ ...sampleFile('digits-cnn.onnx'), name: 'own.onnx' }]);
  await studio.expectStatus('ready');
  await runOnOwnTestSet(studio);
  await expect(repairOf(page).getByRole('combobox', { name: 'Calibration' })).toHaveValue('share');
  // Nothing was pruned, so that there is nothing to win.
  await pressRepair(page);
  await expect(repairOf(page)).toContainText('There is nothing to repair', { timeout: 60_000 });
  await expect(repaired(page)).toHaveCount(0);

  await pruneTo(studio, '97');
  const pruned = await quality(page);
  await pressRepair(page);
  await expect(repairOf(page)).toHaveAttribute('aria-busy', 'true');
  await repairOf(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(repairOf(page)).toHaveAttribute('aria-busy', 'false');
  await expect(repaired(page)).toHaveCount(0);
  expect(await quality(page)).toBe(pruned);

  await repair(page);
  await expect(qualityOf(page)).toContainText('Accuracy, on 343 of 599 inputs');
  expect(await quality(page)).toBeGreaterThan(97);
});

test('in rounds: pruned and repaired by turns, as one act', async ({ studio }) => {
  test.setTimeout(300_000);
  const { page } = studio;
  await evaluateSampleOfPage(studio);
  // Two rounds, of few samples: a busy machine has minutes for each.
  await studio.enter(repairOf(page).getByLabel('Samples'), '64');
  await page.getByRole('button', { name: 'In rounds…' }).click();
  await expect(studio.dialog.getByRole('button', { name: 'Prune to 90 % with repair' })).toBeVisible();
  // Enter is the button's press.
  await studio.enter(studio.dialog.getByLabel('Prune to'), '60');
  await expect(studio.dialog).toContainText('Done: the recipe has a step for each round', { timeout: 240_000 });
  await studio.dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(repaired(page)).toBeChecked();
  await expect(studio.modelSparsity).toContainText('60.0 %');
  expect(await quality(page)).toBeGreaterThan(98);
  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toContainText('0.0 %');
});
