/** Every way to prune, from the preset to the file that is taken away. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import type { Download, Locator, Page } from '@playwright/test';
import { safetensorsFile, tensorsIn } from './safetensors';
import { expect, recipeFile, type Studio, test } from './studio';

async function applyPreset(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Presets' }).click();
  await page.getByRole('menuitem', { name: title }).click();
}

const chart = ({ dialog }: Studio): Locator => dialog.getByRole('img', { name: /^Sparsity after each recipe/ });

const title = (page: Page, text: string): Locator => page.getByRole('heading', { level: 3, name: text });

/** Downloads something of the open export dialog, by the name of its button. */
async function downloadMore(studio: Studio, button: string | RegExp): Promise<{ name: string; bytes: Buffer }> {
  const { page, dialog } = studio;
  const downloading: Promise<Download> = page.waitForEvent('download');
  await dialog.getByRole('button', { name: button }).click();
  const download = await downloading;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function openMore(studio: Studio): Promise<void> {
  await studio.export();
  await studio.dialog.getByRole('button', { name: /^More/ }).click();
}

test.describe('presets', () => {
  test.beforeEach(({ studio }) => studio.openSample());

  for (const [preset, sparsity, pruned] of [
    ['Half of all weights, globally', '50.0 %', '|w|'],
    ['Uniform 80 %', '80.0 %', '|w|'],
    ['2:4 for sparse tensor cores', '49.9 %', '2:4'],
    ['25 % of filters', '24.8 %', 'L2'],
    ['All within 1 sigma', /^6\d\.\d %$/, '|w|'],
    ['Zero every weight tensor below a threshold', /^2\d\.\d %$/, '|w|'],
    ['ERK 80 %', '80.0 %', '|w|'],
    ['LAMP 80 %', '80.0 %', '|w|'],
  ] as const) {
    test(`${preset}: one click shows the outcome, one undo takes it back`, async ({ studio, page }) => {
      await applyPreset(page, preset);
      await expect(studio.modelSparsity).toHaveText(sparsity);
      const cell = studio.row('conv2.weight').getByRole('gridcell').nth(-2);
      if (pruned === '|w|') await expect(cell).toHaveText(/^\d/);
      else await expect(cell).toContainText(pruned);
      await page.keyboard.press('Control+z');
      await expect(studio.modelSparsity).toHaveText('0.0 %');
    });
  }

  test('leave the last layer whole where filters go, and come in the order of harm', async ({ studio, page }) => {
    await page.getByRole('button', { name: 'Presets' }).click();
    const shares = await page.getByRole('menuitem').filter({ hasText: '% zero' }).allTextContents();
    const zero = shares.map((text) => Number(/([\d.]+) % zero/.exec(text)![1]));
    expect(zero).toEqual([...zero].sort((a, b) => a - b));
    await page.getByRole('menuitem', { name: '25 % of filters' }).click();
    await expect(studio.sparsityOf('fc1.weight')).toHaveText('25.0 %');
    await expect(studio.sparsityOf('fc2.weight')).toHaveText('0.0 %');
  });

  test('say which need a pass, and what the others would give', async ({ page }) => {
    await page.getByRole('button', { name: 'Presets' }).click();
    await expect(page.getByRole('menuitem', { name: 'Uniform 80 %' })).toContainText('80.0 % zero');
    await expect(page.getByRole('menuitem', { name: 'LAMP 80 %' })).toContainText('needs a pass');
  });

  test('a cubic schedule is a zip of recipes', async ({ studio, page }) => {
    await applyPreset(page, 'ERK 80 %');
    await applyPreset(page, 'Gradual (cubic)');
    await expect(chart(studio)).toHaveAttribute('aria-label', /10: 90\.0 %$/);
    await studio.enter(studio.dialog.getByLabel('Recipes'), '4');
    const { name, bytes } = await downloadMore(studio, 'Download 4 recipes');
    expect(name).toBe('digits-cnn-gradual.zip');
    const text = bytes.toString('latin1');
    expect(text.match(/"sparsity": [\d.]+/g)).toEqual(
      [1, 2, 3, 4].map((t) => `"sparsity": ${0.9 + (0 - 0.9) * (1 - t / 4) ** 3}`),
    );
    expect(text.match(/"scope": "erk"/g)).toHaveLength(4);
    expect(text).toContain('digits-cnn-step-04.recipe.json');
  });
});

test('a quarter of the filters: their norms are shown, and the handle drags them', async ({ studio, page }) => {
  await studio.openSample();
  await applyPreset(page, '25 % of filters');
  await studio.choose('conv2.weight');
  await studio.setScope('This layer');
  await expect(title(page, 'L2 norms of 64 filters')).toBeVisible();
  await expect(studio.threshold).toHaveAttribute('aria-valuenow', '25');
  await expect(studio.threshold).toHaveAttribute('aria-valuetext', /25\.0 percent of 64 filters pruned$/);
  await expect(page.getByText('16 of 64 filters go · 4,608 weights of 18,432')).toBeVisible();

  const box = (await studio.threshold.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y, { steps: 4 });
  await page.mouse.move(x + 60, y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => studio.threshold.getAttribute('aria-valuenow').then(Number)).toBeGreaterThan(25);
  const gone = Number(await studio.threshold.getAttribute('aria-valuenow'));
  // Whole filters.
  expect((gone * 64) / 100).toBeCloseTo(Math.round((gone * 64) / 100), 1);
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('25.0 %');

  await page.keyboard.press('Control+z');
  await expect(studio.threshold).toHaveAttribute('aria-valuenow', '25');
  await studio.enter(studio.targetSparsity, '50');
  await expect(page.getByText(/^32 of 64 filters go/)).toBeVisible();
});

test('2:4 leaves exactly two of each four along the inputs, in the file', async ({ studio, page }) => {
  await studio.openSample('digits-cnn.safetensors');
  await applyPreset(page, '2:4 for sparse tensor cores');
  await expect(studio.threshold).toBeHidden();
  await expect(page.getByText(/2:4 has no threshold to drag/)).toBeVisible();
  await expect(page.getByText(/conv1\.weight has fewer inputs than 4: all of it stays dense/)).toBeVisible();
  const tensors = tensorsIn((await studio.download()).bytes());
  for (const name of ['conv2.weight', 'fc1.weight', 'fc2.weight']) {
    const { shape, values } = tensors.get(name)!;
    const [outputs, inputs] = shape as [number, number];
    const kernel = values.length / outputs / inputs;
    const zerosOfStrips = new Set<number>();
    for (let output = 0; output < outputs; output++) {
      for (let position = 0; position < kernel; position++) {
        for (let strip = 0; strip < inputs; strip += 4) {
          const at = (i: number) => values[(output * inputs + strip + i) * kernel + position]!;
          zerosOfStrips.add([0, 1, 2, 3].filter((i) => at(i) === 0).length);
        }
      }
    }
    expect([...zerosOfStrips], name).toEqual([2]);
  }
  expect(tensors.get('conv1.weight')!.values.every((value) => value !== 0)).toBe(true);
});

test.describe('the method panel', () => {
  test.beforeEach(({ studio }) => studio.openSample());

  test('offers what goes together, and says what no tensor here can take', async ({ page, studio }) => {
    await studio.choose('fc1.weight');
    const together = page.getByLabel('What goes together');
    await expect(together.locator('option', { hasText: 'kernels' })).toBeDisabled();
    await page.getByLabel('Criterion').selectOption('signed');
    await expect(together.locator('option')).toHaveText(['single weights', 'n:m pattern']);
  });

  test('names the tensor that cannot take a method, and why', async ({ studio, page }) => {
    await studio.showAll();
    await page.getByRole('checkbox', { name: 'Prune fc1.bias' }).check();
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '30');
    await page.getByLabel('What goes together').selectOption('outputs');
    await expect(page.getByText(/fc1\.bias cannot take this method.*groups need two dimensions/)).toBeVisible();
    await expect(studio.row('conv1.weight')).toContainText('L2');
  });

  test('draws again, and takes the draw back', async ({ studio, page }) => {
    await studio.enter(studio.targetSparsity, '50');
    await page.getByLabel('Criterion').selectOption('random');
    await expect(title(page, 'Random draws of 288 weights')).toBeVisible();
    await expect(studio.sparsityOf('conv1.weight')).toHaveText('50.0 %');
    // Between the 144th and the 145th of 288 draws, as the exported script makes them.
    await studio.expectThreshold(0.5017, 0.5033);
    await page.getByRole('button', { name: 'Draw again' }).click();
    await expect(page.getByLabel('Seed')).toHaveValue('1');
    await studio.expectThreshold(0.4717, 0.475);
    await expect(studio.sparsityOf('conv1.weight')).toHaveText('50.0 %');
    await page.keyboard.press('Control+z');
    await studio.expectThreshold(0.5017, 0.5033);
  });

  test('shares one sparsity out, with a floor', async ({ studio, page }) => {
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '90');
    await page.getByLabel('Shared out by').selectOption('layer');
    await expect(studio.sparsityOf('fc2.weight')).toHaveText('90.0 %');
    await studio.enter(studio.targetSparsity, '80');
    await expect(studio.sparsityOf('fc2.weight')).toHaveText('80.0 %');
    await studio.enter(page.getByLabel('Floor'), '25');
    await expect(studio.sparsityOf('fc2.weight')).toHaveText('75.0 %');
    await page.getByLabel('Shared out by').selectOption('sigma');
    await studio.enter(page.getByLabel('Sigma'), '0.5');
    await expect(studio.sparsityOf('fc1.weight')).toHaveText(/^3\d\.\d %$/);
  });

  test('each row of its own is typed, not dragged', async ({ studio, page }) => {
    await studio.choose('fc2.weight');
    await page.getByLabel('Shared out by').selectOption('row');
    await expect(studio.threshold).toBeHidden();
    await expect(studio.thresholdValue).toBeDisabled();
    await studio.enter(studio.targetSparsity, '50');
    await expect(studio.sparsityOf('fc2.weight')).toHaveText('50.0 %');
  });

  test('layers of several methods are told apart, and made one', async ({ studio, page }) => {
    await page.getByLabel('What goes together').selectOption('outputs');
    await studio.setScope('Whole model');
    await expect(page.getByText(/pruned by different methods/)).toBeVisible();
    await expect(studio.threshold).toBeHidden();
    await page.getByLabel('Criterion').selectOption('signed');
    await expect(studio.threshold).toBeVisible();
  });
});

test.describe('a reference checkpoint', () => {
  const now = [4, -3, 2, -1, 0.5, 6, -7, 8];
  const then = [1, -3, 4, -0.5, 0.25, 6.5, -3, 2];

  test('prunes what grew least since then', async ({ studio, page }) => {
    const weight = { shape: [2, 4], values: now };
    const other = { shape: [1, 4], values: [1, 2, 3, 4] };
    await studio.open([safetensorsFile('now.safetensors', { 'a_proj.weight': weight, 'b_proj.weight': other })]);
    await studio.expectStatus('ready');
    await studio.setScope('Whole model');
    await page.getByLabel('Criterion').selectOption('magnitude_increase');
    await expect(page.getByText(/It needs an earlier checkpoint/)).toBeVisible();

    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Reference checkpoint…' }).click();
    const earlier = safetensorsFile('then.safetensors', { 'a_proj.weight': { shape: [2, 4], values: then } });
    await (await choosing).setFiles([earlier]);
    await expect(page.getByText(/Reference then\.safetensors: 1 tensor matched, 1 missing/)).toBeVisible();
    await expect(page.getByText(/b_proj\.weight cannot take this method/)).toBeVisible();

    await studio.setScope('This layer');
    await studio.enter(studio.targetSparsity, '50');
    await expect(title(page, 'Increases of |w| of 8 weights')).toBeVisible();
    const { values } = tensorsIn((await studio.download()).bytes()).get('a_proj.weight')!;
    const increases = now.map((value, i) => Math.abs(value) - Math.abs(then[i]!));
    const least = [...increases].sort((a, b) => a - b)[3]!;
    expect([...values]).toEqual(now.map((value, i) => (increases[i]! <= least ? 0 : value)));
  });
});

test.describe('what can be taken away', () => {
  test.beforeEach(async ({ studio, page }) => {
    await studio.openSample();
    await applyPreset(page, 'Uniform 80 %');
    await expect(studio.modelSparsity).toHaveText('80.0 %');
  });

  test('masks keep what the recipe keeps', async ({ studio }) => {
    await openMore(studio);
    const { name, bytes } = await downloadMore(studio, 'Download: Masks (safetensors)');
    expect(name).toBe('digits-cnn-masks.safetensors');
    const masks = tensorsIn(bytes);
    expect([...masks.keys()].sort()).toEqual(['conv1', 'conv2', 'fc1', 'fc2'].map((layer) => `${layer}.weight_mask`));
    const { values } = masks.get('fc2.weight_mask')!;
    expect(values.filter((value) => value === 0)).toHaveLength(768);
    expect(values.filter((value) => value === 1)).toHaveLength(192);
    await expect(studio.dialog.getByText(/digits-cnn-masks\.safetensors is in your downloads/)).toBeVisible();
  });

  test('the script holds the recipe', async ({ studio }) => {
    await openMore(studio);
    const { name, bytes } = await downloadMore(studio, 'Download: Python script');
    expect(name).toBe('prune.py');
    const script = bytes.toString();
    const recipe = script
      .match(/^# .*$/gm)!
      .map((line) => line.slice(2))
      .join('\n');
    expect(recipe).toContain('"sparsity": 0.8');
    expect(script).toContain('torch.nn.utils');
  });

  test('the compressed file is estimated first, and unpacks to the pruned one', async ({ studio, page }) => {
    await openMore(studio);
    await studio.dialog.getByRole('button', { name: /Estimate the size: Compressed/ }).click();
    await expect(studio.dialog.getByText(/≈ [\d.]+ kB, \d+ % less/)).toBeVisible();
    const { name, bytes } = await downloadMore(studio, 'Download: Compressed (gzip)');
    expect(name).toBe('digits-cnn-pruned.pth.gz');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('region', { name: 'Outcome' })).toContainText(/≈ [\d.]+ kB gzipped/);
    const pruned = (await studio.download()).bytes();
    expect(gunzipSync(bytes).equals(pruned)).toBe(true);
    expect(bytes.length).toBeLessThan(pruned.length / 2);
  });

  test('the reports hold every tensor', async ({ studio }) => {
    await openMore(studio);
    const csv = await downloadMore(studio, 'Download: CSV report');
    expect(csv.name).toBe('digits-cnn-report.csv');
    expect(csv.bytes.toString().trim().split('\r\n')).toHaveLength(19);
    const json = JSON.parse((await downloadMore(studio, 'Download: JSON report')).bytes.toString());
    expect(json.pruned.sparsityAfter).toBeCloseTo(0.8, 3);
    const html = await downloadMore(studio, 'Download: HTML report');
    expect(html.bytes.toString()).toContain('<svg');
  });

  test('a reparametrised state dict opens with its masks, and can be made permanent', async ({ studio, page }) => {
    await openMore(studio);
    const { name, bytes } = await downloadMore(studio, 'Download: Reparametrised state dict');
    await page.keyboard.press('Escape');
    await studio.open([{ name, mimeType: '', buffer: bytes }]);
    await studio.expectStatus('ready');
    await expect(studio.row('fc2.weight_orig')).toBeVisible();
    await openMore(studio);
    const permanent = await downloadMore(studio, 'Download: Make pruning permanent');
    await page.keyboard.press('Escape');
    await studio.open([{ name: permanent.name, mimeType: '', buffer: permanent.bytes }]);
    await studio.expectStatus('ready');
    await expect(studio.modelSparsity).toHaveText('80.0 %');
  });
});

test('an ONNX model says what sparse initializers would come to', async ({ studio, page }) => {
  await studio.openSample('digits-cnn.onnx');
  await applyPreset(page, 'Uniform 80 %');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '95');
  await expect(studio.modelSparsity).toHaveText('95.0 %');
  await openMore(studio);
  await studio.dialog.getByRole('button', { name: /Estimate the size: Sparse ONNX/ }).click();
  await expect(studio.dialog.getByText(/≈ [\d.]+ kB, \d+ % less/)).toBeVisible();
  const { name, bytes } = await downloadMore(studio, 'Download: Sparse ONNX');
  expect(name).toBe('digits-cnn-pruned-sparse.onnx');
  expect(bytes.length).toBeLessThan(200_000);
});

test('a recipe of every kind of method opens with its handle', async ({ studio, page }) => {
  await studio.openSample();
  await studio.open([
    recipeFile({
      format: 'secateur-recipe',
      version: 1,
      rules: [
        { criterion: 'magnitude', granularity: 'weight', scope: 'lamp', amount: { sparsity: 0.5 } },
        {
          tensors: ['conv2.weight'],
          criterion: 'magnitude',
          granularity: 'kernel',
          scope: 'layer',
          amount: { sparsity: 0.5 },
        },
        {
          tensors: ['fc1.weight'],
          criterion: 'random',
          granularity: { block: [4, 4] },
          scope: 'layer',
          amount: { sparsity: 0.25 },
          seed: 7,
        },
      ],
    }),
  ]);
  await studio.choose('conv2.weight');
  await expect(title(page, 'L1 norms of 2,048 kernels')).toBeVisible();
  await expect(studio.threshold).toHaveAttribute('aria-valuenow', '50');
  await studio.choose('fc1.weight');
  await expect(title(page, 'Random draws of 6,144 blocks')).toBeVisible();
  await expect(studio.sparsityOf('fc1.weight')).toHaveText('25.0 %');
  await expect(page.getByLabel('Seed')).toHaveValue('7');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    // Colours are measured as they rest, not halfway through a transition.
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('axe finds no serious fault on the new screens', async ({ studio, page }) => {
      test.slow();
      const check = async (where: string) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        const faults = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
        expect(faults, where).toEqual([]);
      };
      await studio.openSample();
      await page.getByRole('button', { name: 'Presets' }).click();
      await expect(page.getByRole('menuitem', { name: 'LAMP 80 %' })).toBeVisible();
      await check('the presets');
      await page.getByRole('menuitem', { name: 'Gradual (cubic)' }).click();
      await expect(chart(studio)).toBeVisible();
      await check('the schedule');
      await page.keyboard.press('Escape');
      await applyPreset(page, '25 % of filters');
      await expect(studio.modelSparsity).toHaveText('24.8 %');
      await check('norms of filters');
      await applyPreset(page, '2:4 for sparse tensor cores');
      await expect(page.getByText(/has no threshold to drag/)).toBeVisible();
      await page.getByLabel('Criterion').selectOption('magnitude_increase');
      await expect(page.getByText(/needs an earlier checkpoint/)).toBeVisible();
      await check('a pattern, and a criterion that needs a reference');
      await openMore(studio);
      await studio.dialog.getByRole('button', { name: /Estimate the size/ }).click();
      await expect(studio.dialog.getByText(/≈ /).first()).toBeVisible();
      await check('all exports');
    });
  });
}
