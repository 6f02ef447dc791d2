import { dropFiles as drop } from './dropFiles';
import { qualityOf } from './quality';
import { expect, openHuge, recipeFile, recipeOf, rule, Studio, sampleFile, test } from './studio';

test('what a drop means is decided by what is open, and unsaved work is never lost without a question', async ({
  studio,
  page,
}) => {
  const { dialog } = studio;
  const asked = page.getByRole('dialog', { name: 'Another checkpoint' });
  // Weights open, and the graph that came with them is offered as theirs.
  await drop(page, sampleFile('digits-cnn.onnx'), sampleFile('digits-cnn.pth'));
  await expect(dialog).toContainText('digits-cnn.onnx');
  await expect(page).toHaveTitle(/digits-cnn\.pth/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  // Arrays given as a checkpoint are named; dropped, they are inputs: kept, and a graph is asked for.
  await studio.open([sampleFile('digits-test.npz')]);
  await studio.expectStatus('error');
  await drop(page, sampleFile('digits-test.npz'));
  await expect(page.getByRole('dialog', { name: 'Evaluate with the ONNX graph' })).toContainText('digits-test.npz');
  await studio.expectStatus('ready');
  await expect(studio.alert).toHaveCount(0);
  await page.keyboard.press('Escape');

  // The graph of what is open is offered as that, and the arrays are used.
  await drop(page, sampleFile('digits-cnn.onnx'));
  await expect(page.getByRole('dialog', { name: 'Use it as the graph?' })).toContainText('digits-cnn.onnx');
  await dialog.getByRole('button', { name: 'Use as graph' }).click();
  await expect(qualityOf(page)).toContainText('Accuracy, 599 inputs');
  await expect(page).toHaveTitle(/digits-cnn\.pth/);

  // An image is an input as well.
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await drop(page, { name: 'seven.png', mimeType: '', buffer: Buffer.from(pixel, 'base64') });
  await expect(page.getByText('The model runs on 1 image now.')).toBeVisible();

  // Even where nothing is unsaved, a second checkpoint may be meant in several ways; one that is chosen opens.
  await drop(page, sampleFile('digits-cnn.safetensors'));
  await expect(asked).toContainText('Use as reference');
  await asked.getByRole('button', { name: 'Replace' }).click();
  await expect(page).toHaveTitle(/digits-cnn\.safetensors/);
  await studio.expectStatus('ready');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');

  await drop(page, sampleFile('digits-cnn.pth'));
  await expect(asked).toContainText('digits-cnn.pth');
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await studio.open([sampleFile('digits-cnn.pth')]);
  await asked.getByRole('button', { name: 'Use as reference' }).click();
  await expect(page.getByText('digits-cnn.pth is the reference: it holds')).toBeVisible();
  await expect(page).toHaveTitle(/digits-cnn\.safetensors/);
  await expect(studio.modelSparsity).toHaveText('50.0 %');

  await drop(page, sampleFile('digits-cnn.pth'));
  const saving = page.waitForEvent('download');
  await asked.getByRole('button', { name: 'Save the recipe' }).click();
  expect((await saving).suggestedFilename()).toBe('digits-cnn.recipe.json');
  await expect(asked).toContainText('nothing is lost');
  await asked.getByRole('button', { name: 'Replace' }).click();
  await expect(page).toHaveTitle(/digits-cnn\.pth/);
  await expect(studio.modelSparsity).toHaveText('0.0 %');
});

test('a recipe says what it matched, by whatever way it comes, and one that matches nothing changes nothing', async ({
  studio,
  page,
}) => {
  await studio.openSample('digits-cnn.pth');
  const half = rule({ scope: 'global', amount: { sparsity: 0.5 } });
  const partly = recipeOf(
    half,
    rule({ tensors: ['fc*.weight'], amount: { sparsity: 0.5 } }),
    rule({ tensors: ['no.*'] }),
  );
  await drop(page, recipeFile(partly, 'partly.json'));
  await expect(page.getByText('partly.json: 2 of 3 rules matched 4 tensors.')).toBeVisible();
  await expect(page.getByText('rules[2] (no.*)')).toBeVisible();
  const before = await studio.sparsity();

  await studio.open([recipeFile(recipeOf(rule({ tensors: ['features.*'] })), 'other.json')]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('0 of 1 rule of other.json matched a tensor of digits-cnn.pth');
  expect(await studio.sparsity()).toBe(before);

  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    },
    JSON.stringify(recipeOf(half)),
  );
  await expect(page.getByText('The pasted recipe: 1 of 1 rule matched 4 tensors.')).toBeVisible();
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(studio.alert).toHaveCount(0);
});

test('evaluation that cannot be fetched says so, and is fetched when it is asked for again', async ({ page }) => {
  // Not the fixture, which holds against a page what the browser says of a file that does not arrive.
  const studio = new Studio(page);
  await studio.visit();
  await studio.openSample('digits-cnn.onnx');
  // The worker's script first, then what it fetches: each is said, and each is asked for again.
  for (const missing of [/\/worker-[^/]*\.js$/, /\.wasm$/]) {
    await page.context().route(missing, (route) => route.abort('internetdisconnected'));
    const start = qualityOf(page).getByRole('button', { name: /Evaluate…|Try again/ });
    await start.click();
    await expect(qualityOf(page)).toContainText('could not be fetched');
    await expect(qualityOf(page).getByRole('button', { name: 'Try again' })).toBeVisible();
    await page.context().unroute(missing);
  }
  await qualityOf(page).getByRole('button', { name: 'Try again' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
});

test('an export is named, says where it is and how it is loaded, and what was exported can be left', async ({
  studio,
  page,
}) => {
  const { dialog } = studio;
  /** Whether the page would ask before it is left. */
  const asks = () => page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  await studio.visitPrivately();
  await studio.openSample('digits-cnn.pth');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(page.getByRole('region', { name: 'Not kept' })).toContainText('This browser keeps nothing');
  expect(await asks()).toBe(true);

  await studio.export();
  const name = dialog.getByLabel('File name');
  const button = dialog.getByRole('button', { name: 'Download', exact: true });
  await expect(name).toHaveValue('digits-cnn-pruned');
  await name.fill('half/off');
  await expect(dialog).toContainText('/ cannot stand in the name of a file.');
  await expect(button).toBeDisabled();
  await name.fill('half.pth');
  const downloading = page.waitForEvent('download');
  await button.click();
  expect((await downloading).suggestedFilename()).toBe('half.pth');
  await expect(dialog.getByText('half.pth is in your downloads')).toBeInViewport();
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'import torch\ncheckpoint = torch.load("half.pth", map_location="cpu")\n' + 'model.load_state_dict(checkpoint)',
  );
  await dialog.getByRole('button', { name: 'Done' }).click();
  expect(await asks()).toBe(false);

  await studio.enter(studio.targetSparsity, '60');
  await expect(studio.modelSparsity).toHaveText('60.0 %');
  expect(await asks()).toBe(true);
  const saving = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  await saving;
  await expect.poll(asks).toBe(false);
});

test('a filter typed while a file is measured is kept when its panes come', async ({ studio, page }) => {
  await openHuge(page, 24);
  const filter = page.getByLabel('Filter layers');
  await filter.fill('blocks.2');
  await expect(studio.rows().last()).toContainText('blocks.23');
  await studio.expectStatus('ready');
  await expect(filter).toHaveValue('blocks.2');
  await expect(filter).toBeFocused();
  await expect(studio.rows()).toHaveCount(5);
  // It is of that file.
  await studio.open([sampleFile('digits-cnn.pth')]);
  await expect(page).toHaveTitle(/digits-cnn\.pth/);
  await expect(filter).toHaveValue('');
});
