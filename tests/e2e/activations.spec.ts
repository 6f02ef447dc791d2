/** Pruning by what goes into each layer: norms are collected from labelled inputs, and a 2:4 file is taken away. */
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expectNoSeriousFault } from './faults';
import { giveTestSet, quality, qualityOf } from './quality';
import { type Tensor, tensorsIn } from './safetensors';
import { expect, type Studio, samples, test } from './studio';

// ONNX Runtime is 14 MB of WebAssembly, compiled afresh by every page.

const methodOf = (page: Page): Locator => page.getByRole('group', { name: 'Method', exact: true });

/** The figure in percent, once it is of the recipe shown. */
async function accuracy(page: Page): Promise<number> {
  await expect(qualityOf(page)).toContainText('Accuracy, 599 inputs');
  return quality(page);
}

/** From the method panel, step by step, to labelled inputs. */
async function giveInputs(studio: Studio): Promise<void> {
  const { page, dialog } = studio;
  const method = methodOf(page);
  await page.getByLabel('Criterion').selectOption('activation');
  await expect(method).toContainText('cannot be run by themselves');
  await expect(method).toContainText('Not in use yet: pruned by magnitude |w|');
  await method.getByRole('button', { name: 'Open the graph…' }).click();
  await dialog.getByLabel('ONNX graph').setInputFiles(join(samples, 'digits-cnn.onnx'));
  await expect(dialog).toBeHidden();
  await expect(method).toContainText('Random numbers are not what it sees');
  await method.getByRole('button', { name: 'Change inputs…' }).click();
  await giveTestSet(studio);
}

test('the sample is pruned by its inputs: half of each row, then 2:4, and the file keeps the pattern', async ({
  studio,
}) => {
  const { page } = studio;
  await studio.openSample('digits-cnn.safetensors');
  await studio.setScope('Whole model');
  await giveInputs(studio);
  await expect.poll(() => accuracy(page)).toBe(99.7);

  const method = methodOf(page);
  await method.getByRole('button', { name: 'Collect input norms' }).click();
  // Chosen while they are collected: it stays.
  await page.getByLabel('Shared out by').selectOption('row');
  await expect(method).toContainText(
    'Norms of the inputs of 4 layers, on the first 256 of 599 samples from digits-test.npz.',
  );
  await expect(page.getByLabel('Criterion')).toHaveValue('activation');
  await expect(method).not.toContainText('Not in use yet');
  await expect(page.getByLabel('Shared out by')).toHaveValue('row');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(studio.sparsityOf('fc2.weight')).toContainText('50.0 %');
  expect(await accuracy(page)).toBeGreaterThan(98);

  await page.getByLabel('What goes together').selectOption('pattern');
  await expect(page.getByText(/of every 4 neighbours along the inputs the 2 highest stay/)).toBeVisible();
  await expect(studio.modelSparsity).toHaveText('49.9 %');
  expect(await accuracy(page)).toBeGreaterThan(98);

  const { bytes } = await studio.download();
  const weights = tensorsIn(bytes());
  for (const name of ['conv2.weight', 'fc1.weight', 'fc2.weight']) {
    expect(zerosByFour(weights.get(name)!), name).toEqual(new Set([2]));
  }
  // One input channel is less than a strip.
  expect(weights.get('conv1.weight')!.values).not.toContain(0);
});

/** How many zeros there are in four neighbours along dimension 1: every number that occurs. */
function zerosByFour({ shape, values }: Tensor): Set<number> {
  const [outputs, inputs, ...kernel] = shape as [number, number, ...number[]];
  const places = kernel.reduce((product, size) => product * size, 1);
  const found = new Set<number>();
  for (let output = 0; output < outputs; output++) {
    for (let place = 0; place < places; place++) {
      for (let strip = 0; strip < inputs; strip += 4) {
        const four = [0, 1, 2, 3].map((i) => values[(output * inputs + strip + i) * places + place]);
        found.add(four.filter((value) => value === 0).length);
      }
    }
  }
  return found;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('what it needs is said without a serious fault', async ({ studio }) => {
      const { page } = studio;
      const method = methodOf(page);
      await studio.openSample('digits-cnn.onnx');
      await page.getByLabel('Criterion').selectOption('activation');
      await expectNoSeriousFault(page, 'without a graph', { within: 'main' });
      await method.getByRole('button', { name: 'Evaluate…' }).click();
      await expect(method.getByRole('button', { name: 'Collect input norms' })).toBeVisible();
      await expect(qualityOf(page).locator('[data-stale=false]')).toBeVisible();
      await expectNoSeriousFault(page, 'with random inputs', { within: 'main' });
      await method.getByRole('button', { name: 'Collect input norms' }).click();
      await expect(method).toContainText('Norms of the inputs of 4 layers, on random numbers');
    });
  });
}
