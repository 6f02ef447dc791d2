/** The table of layers: what it shows, and switching rows in and out. */
import { expect, test } from './studio';

test.beforeEach(({ studio }) => studio.openSample());

test('shows every tensor with its kind, and says why some are off', async ({ studio, page }) => {
  await expect(studio.rows()).toHaveCount(4);
  await expect(page.getByRole('button', { name: '14 more tensors' })).toHaveAttribute('aria-expanded', 'false');
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
  await expect(studio.row('bn1.weight')).toContainText('normalisation: off');
  await expect(studio.row('conv1.bias')).toContainText('bias: off');
  await expect(studio.row('bn1.num_batches_tracked')).toContainText('i64: not floating point');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Kind' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Standard deviation' }).click();
  await page.keyboard.press('Escape');
  await expect(studio.row('fc1.weight')).toContainText('linear');
  await expect(studio.layers.getByRole('columnheader', { name: 'Std' })).toBeVisible();
});

test('filters by words, globs and kinds', async ({ studio, page }) => {
  const filter = page.getByLabel('Filter layers');
  await filter.fill('CONV');
  await expect(studio.rows()).toHaveCount(4);
  await filter.fill('conv?.weight');
  await expect(studio.rows()).toHaveCount(2);
  await filter.fill('v2*.WEI');
  await expect(studio.rows()).toHaveCount(1);
  await filter.fill('kind:bias,norm bn*');
  await expect(studio.rows()).toHaveCount(4);
  await filter.fill('nothing like it');
  await expect(page.getByText('No layer matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filter' }).last().click();
  await expect(studio.rows()).toHaveCount(4);
});

test('sorts by what a column shows, and goes back to file order', async ({ studio, page }) => {
  await studio.showAll();
  const parameters = studio.layers.getByRole('columnheader', { name: 'Params' });
  // Anywhere in the cell of the header, not only on its word.
  await parameters.click({ position: { x: 4, y: 4 } });
  await expect(parameters).toHaveAttribute('aria-sort', 'descending');
  await expect(studio.rows().first()).toContainText('fc1.weight');
  await parameters.getByRole('button').click();
  await expect(studio.rows().last()).toContainText('fc1.weight');
  await page.getByRole('button', { name: 'File order' }).click();
  await expect(studio.rows().first()).toContainText('conv1.weight');
});

test('a model with a graph comes in the order in which it uses its weights, in table and chart', async ({
  studio,
  page,
}) => {
  await studio.open('tests/golden/files/onnx-order/convolutions.onnx');
  await studio.expectStatus('ready');
  await page.getByLabel('Filter layers').fill('kind:conv');
  const order = ['conv2d', ...[1, 2, 3, 4, 5, 11, 10, 6, 7, 8, 9].map((i) => `conv2d_${i}`)];
  await expect(studio.rows()).toHaveText(order.map((name) => new RegExp(`${name}\\.weight`)));
  await studio.layers.getByRole('columnheader', { name: 'Params' }).getByRole('button').click();
  await page.getByRole('button', { name: 'Network order' }).click();
  await expect(studio.rows().last()).toContainText('conv2d_9.weight');
  await expect(page.getByRole('img', { name: /^Sparsity of 12 layers in network order/ })).toBeVisible();
});

test('a chip shows only its kind, and its checkbox takes the kind out and in', async ({ studio, page }) => {
  const linear = page.getByRole('checkbox', { name: 'Prune all linear' });
  await linear.uncheck();
  await expect(studio.row('fc1.weight')).toContainText('switched off');
  await linear.check();
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('0.0 %');
  const norms = page.getByRole('button', { name: 'norm 2' });
  await norms.click();
  await expect(norms).toHaveAttribute('aria-pressed', 'true');
  await expect(studio.rows()).toHaveCount(2);
  await page.getByRole('checkbox', { name: 'Prune all norm' }).check();
  await norms.click();
  // What is in shows, although its kind folds.
  await expect(studio.rows()).toHaveCount(6);
  await expect(page.getByText('6 of 18 in')).toBeVisible();
});

test('what a glob finds is switched out and in together', async ({ page }) => {
  await page.getByLabel('Filter layers').fill('fc*.weight');
  await page.getByRole('button', { name: 'Switch out 2 shown' }).click();
  await expect(page.getByText('2 shown · 2 of 18 in')).toBeVisible();
  await page.getByRole('button', { name: 'Switch in 2 shown' }).click();
  await expect(page.getByText('2 shown · 4 of 18 in')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('2 shown · 2 of 18 in')).toBeVisible();
});

test('several rows are selected and edited as one, and only those that are in', async ({ studio, page }) => {
  await studio.showAll();
  await studio.row('conv1.weight').click();
  await studio.row('fc1.weight').click({ modifiers: ['Shift'] });
  await expect(page.getByRole('radio', { name: 'Selected (15)' })).toBeChecked();
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.sparsityOf('fc1.weight')).not.toHaveText('0.0 %');
  await expect(studio.sparsityOf('bn1.weight')).toHaveText('normalisation: off');
  await expect(studio.sparsityOf('fc2.weight')).toHaveText('0.0 %');
  await studio.row('fc1.weight').click({ modifiers: ['Control'] });
  await expect(page.getByText('Selected (14)')).toBeVisible();
});

test('a row is switched in with its checkbox, although it is off by default', async ({ studio }) => {
  await studio.showAll();
  await studio.layers.getByRole('checkbox', { name: 'Prune bn1.weight' }).check();
  await expect(studio.sparsityOf('bn1.weight')).toHaveText('0.0 %');
  await expect(studio.layers.getByRole('checkbox', { name: 'Prune bn1.num_batches_tracked' })).toBeDisabled();
});

test('a bar of the chart selects its layer', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  const chart = page.getByRole('img', { name: /^Sparsity of 4 layers in file order, 50\.0 % overall/ });
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
  // Four bars to the right of the axis labels: the third is fc1.weight.
  await page.mouse.click(box.x + 52 + (box.width - 52) * (2.5 / 4), box.y + box.height * 0.8);
  await expect(studio.row('fc1.weight')).toHaveAttribute('aria-selected', 'true');
});

test('the arrow keys go from bar to bar of the chart, and Enter selects', async ({ studio, page }) => {
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  const chart = page.getByRole('img', { name: /^Sparsity of 4 layers in file order/ });
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const said = page.getByRole('region', { name: 'Sparsity by layer' }).getByRole('status');
  await expect(said).toContainText(/^fc1\.weight.*before, .*after/);
  await page.keyboard.press('Enter');
  await expect(studio.row('fc1.weight')).toHaveAttribute('aria-selected', 'true');
  await expect(chart).toBeFocused();
});
