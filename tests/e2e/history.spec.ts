/** Going back, snapshots that are compared, and the recipe edited by hand. */
import { expectNoSeriousFault } from './faults';
import { evaluateSample, quality } from './quality';
import { expect, test } from './studio';

test('snapshots are taken, compared by a held key, plotted and gone back to', async ({ studio, page }) => {
  const panel = page.getByRole('tabpanel', { name: 'History' });
  const table = panel.getByRole('table', { name: 'Snapshots' });
  const snapshotOf = async (sparsity: string, name: string) => {
    await page.getByRole('tab', { name: 'Distribution' }).click();
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, sparsity);
    await expect(studio.modelSparsity).toHaveText(`${sparsity}.0 %`);
    await quality(page);
    await page.getByRole('tab', { name: 'History' }).click();
    await panel.getByRole('button', { name: 'Take snapshot' }).click();
    const field = table.getByLabel('Name of the snapshot').first();
    await field.fill(name);
    await field.press('Enter');
  };
  await evaluateSample(studio);
  await snapshotOf('50', 'careful');
  await snapshotOf('90', 'bold');
  await expect(table.getByRole('row')).toHaveCount(3);
  const bold = table.getByRole('row').nth(1);
  await expect(bold).toContainText('90.0 %');
  await expect(bold).toContainText('476.2 kB');

  // Quality of both, each a point that leads back.
  const points = panel.getByRole('group', { name: 'Snapshots' }).getByRole('button');
  await expect(points).toHaveCount(2);
  await panel.getByRole('radiogroup', { name: 'Against what' }).getByText('MACs').click();
  await expect(points.first()).toHaveAccessibleName(/^bold: .* MACs, .*back to it$/);
  await expectNoSeriousFault(page, 'snapshots');

  // Two are pinned; the key shows the one that is not at hand, everywhere, for as long as it is held.
  await panel.getByRole('button', { name: 'Pin careful' }).click();
  await panel.getByRole('button', { name: 'Pin bold' }).click();
  await page.keyboard.down('f');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(page.getByText('Shown while held: careful')).toBeVisible();
  await page.keyboard.up('f');
  await expect(studio.modelSparsity).toHaveText('90.0 %');
  await page.keyboard.down('Shift');
  await page.keyboard.down('F');
  await expect(studio.modelSparsity).toHaveText('0.0 %');
  await page.keyboard.up('F');
  await page.keyboard.up('Shift');
  await expect(studio.modelSparsity).toHaveText('90.0 %');

  await panel.getByRole('button', { name: 'Back to careful' }).click();
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  const done = panel.getByRole('region', { name: 'What was done' });
  await expect(done.getByRole('button').first()).toContainText('Back to careful');
  await done.getByRole('button', { name: /^Opened/ }).click();
  await expect(studio.modelSparsity).toHaveText('0.0 %');
  await expect(done.getByRole('button', { name: /\(undone\)/ })).toHaveCount(3);
  await done.getByRole('button', { name: /^Whole model: 90\.0 %/ }).click();
  await expect(studio.modelSparsity).toHaveText('90.0 %');
});

test('the recipe is edited as a list and as JSON, by keys alone', async ({ studio, page }) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '60');
  await studio.setScope('This layer');
  await studio.enter(studio.targetSparsity, '20');
  await expect(studio.modelSparsity).not.toContainText('≈');
  const before = await studio.sparsity();
  // The key is answered once what it opens was fetched.
  const json = page.getByLabel('Recipe as JSON');
  await expect(async () => {
    await page.keyboard.press('Control+j');
    await expect(json).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expectNoSeriousFault(page, 'the editor of the recipe');
  const rules = studio.dialog.getByRole('list', { name: 'Rules in order' }).getByRole('listitem');
  await expect(rules).toHaveCount(2);

  // A name, and the rule for the first layer off: the JSON says both.
  await page.getByLabel('Name of rule 2').fill('first layer');
  await page.keyboard.press('Enter');
  await expect(json).toHaveValue(/"name": "first layer"/);
  const use = page.getByRole('checkbox', { name: 'Use first layer' });
  await use.focus();
  await page.keyboard.press('Space');
  await expect(use).toBeFocused();
  await expect(json).toHaveValue(/"off": true/);
  await expect(studio.dialog).toContainText('1 of 1 rule matched 4 tensors, 1 is off.');

  // Moved up, where the focus stays with it; the last that matches decides, so the order counts.
  await use.focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Move first layer up' }).focus();
  await page.keyboard.press('Enter');
  await expect(rules.first()).toContainText('conv1.weight');
  await expect(page.getByRole('button', { name: 'Move first layer down' })).toBeFocused();

  // JSON is checked as it is typed, and nothing can be applied meanwhile.
  const text = await json.inputValue();
  await json.fill(text.replace('"sparsity": 0.6', '"sparsity": 6'));
  await expect(studio.dialog).toContainText('rules[1].amount.sparsity should be a fraction from 0 to 1, but is 6.');
  const apply = studio.dialog.getByRole('button', { name: 'Apply' });
  await expect(apply).toBeDisabled();
  await json.fill(text.replace('"sparsity": 0.6', '"sparsity": 0.7'));
  await apply.focus();
  await page.keyboard.press('Enter');
  await expect(studio.dialog).toBeHidden();
  await expect(studio.modelSparsity).toHaveText('70.0 %');
  await expect(page.getByText('The edited recipe: 2 of 2 rules matched 4 tensors.')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect.poll(() => studio.sparsity()).toBe(before);
});
