/** What is set stays where it is meant to, and an edit is of what is selected. */
import { readFileSync } from 'node:fs';
import { expectNoSeriousFault } from './faults';
import { expect, rule, test } from './studio';

const heading = { level: 2 } as const;

test('what is selected is what an edit is of; what is locked stays through edits, presets and a saved recipe', async ({
  studio,
  page,
}) => {
  await studio.openSample();
  const title = page.getByRole('heading', heading);
  await studio.choose('fc1.weight');
  await expect(title).toHaveText('fc1.weight');
  await studio.enter(studio.targetSparsity, '90');

  // Two rows: both are meant, and the editor says so.
  await studio.row('fc2.weight').click({ modifiers: ['Control'] });
  await studio.row('fc1.weight').click({ modifiers: ['Control'] });
  await studio.row('conv2.weight').click({ modifiers: ['Control'] });
  await expect(title).toHaveText('2 layers selected');
  await expect(page.getByRole('radio', { name: 'Selected (2)' })).toBeChecked();
  await studio.enter(studio.targetSparsity, '30');
  await expect(studio.sparsityOf('fc2.weight')).not.toHaveText('0.0 %');
  await expect(studio.sparsityOf('conv2.weight')).not.toHaveText('0.0 %');
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('90.0 %');
  await studio.choose('conv2.weight');
  await expect(page.getByRole('radio', { name: 'This layer' })).toBeChecked();
  await page.keyboard.press('Control+z');

  // The whole model would take the setting of one layer over: it can be kept.
  await studio.setScope('Whole model');
  await expect(title).toHaveText('Whole model');
  await expect(page.getByText('fc1.weight has a setting of its own.')).toBeVisible();
  await page.getByRole('button', { name: 'Keep this' }).click();
  await expect(page.getByText('1 locked layer stays as it is.')).toBeVisible();
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('90.0 %');
  await expect(studio.sparsityOf('conv2.weight')).not.toHaveText('0.0 %');
  await page.getByRole('button', { name: 'Presets' }).click();
  await page.getByRole('menuitem', { name: 'Uniform 80 %' }).click();
  await expect(studio.sparsityOf('conv2.weight')).toHaveText('80.0 %');
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('90.0 %');
  await expectNoSeriousFault(page, 'with a lock', { within: 'main' });

  // The file that is taken away says the same.
  await page.getByRole('button', { name: 'Recipe', exact: true }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^Save/ }).click();
  const saved = JSON.parse(readFileSync(await (await downloading).path(), 'utf8'));
  expect(saved.locked).toEqual(['fc1.weight']);
  expect(saved.rules).toEqual([rule(), rule({ tensors: ['fc1.weight'], amount: { sparsity: 0.9 }, locked: true })]);

  // An untouched layer stays untouched, and undo and Unlock take locks back.
  await studio.choose('fc1.weight');
  await studio.setScope('This layer');
  await expect(studio.targetSparsity).toBeDisabled();
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('90.0 %');
  await studio.enter(studio.targetSparsity, '10');
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('10.0 %');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: 'Unlock' })).toBeVisible();
});

test('a number that cannot be stays, with what is wrong, until it is corrected or Escape takes it back', async ({
  studio,
  page,
}) => {
  await studio.openSample();
  await studio.enter(studio.targetSparsity, '140');
  await expect(page.getByText('It should be from 0 to 100 %.')).toBeVisible();
  await expect(studio.targetSparsity).toHaveValue('140');
  await expect(studio.targetSparsity).toHaveAccessibleDescription('It should be from 0 to 100 %.');
  await studio.thresholdValue.focus();
  await expect(studio.targetSparsity).toHaveValue('140');
  await studio.enter(studio.targetSparsity, '40');
  await expect(page.getByText('It should be from 0 to 100 %.')).toBeHidden();
  await expect(studio.sparsityOf('conv1.weight')).toHaveText(/^(39\.9|40\.\d) %$/);
  await studio.enter(studio.thresholdValue, '-1');
  await expect(page.getByText('A magnitude is never below 0.')).toBeVisible();
  await studio.thresholdValue.press('Escape');
  await expect(studio.thresholdValue).not.toHaveValue('-1');
  await studio.enter(page.getByLabel('Floor'), 'much');
  await expect(page.getByText('This is no number.')).toBeVisible();
});
