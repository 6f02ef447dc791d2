/**
 * `npm run pictures [-- name]`: the screens of docs/studio.md, taken from the running app in light and dark, as docs/pictures/<name>-<scheme>.webp.
 * It needs the production build.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect } from '@playwright/test';
import { preview } from 'vite';
import { llamaShapes, writeSafetensors } from '../tests/bench/synthetic.mjs';
import { findChromium, launchArgs } from './chromium.mjs';
import { root } from './run.mjs';

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const goldens = join(root, 'tests/golden/files');
const sample = (name) => join(root, 'public/samples', name);

const folder = mkdtempSync(join(tmpdir(), 'secateur-pictures-'));
const transformer = join(folder, 'transformer.safetensors');

/** What is done before each picture. */
const screens = {
  start: { size: wide, make: async () => {} },
  studio: { size: wide, make: async (page) => prunedSample(page) },
  return: {
    size: wide,
    make: async (page) => {
      await prunedSample(page, 'Whole model');
      await page.reload();
      await page.getByRole('region', { name: 'Continue where you left off' }).waitFor();
    },
  },
  kept: {
    size: wide,
    make: async (page) => {
      await prunedSample(page, 'Whole model');
      await page.reload();
      await open(page, 'digits-cnn.pth');
      await page.getByRole('button', { name: 'Restore work' }).waitFor();
    },
  },
  'whole-model': { size: wide, make: async (page) => prunedSample(page, 'Whole model') },
  'heat-map': {
    size: wide,
    make: async (page) => {
      await prunedSample(page);
      await page.getByRole('tab', { name: 'Heat map' }).click();
    },
  },
  compare: {
    size: wide,
    make: async (page) => {
      await prunedSample(page, 'Whole model');
      await page.getByRole('button', { name: /^Export/ }).click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('dialog').getByRole('button', { name: 'Download', exact: true }).click();
      const pruned = join(folder, 'digits-cnn-pruned.pth');
      await (await downloading).saveAs(pruned);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Compare with another…' }).click();
      await page.getByRole('dialog').locator('input[type=file]').setInputFiles(pruned);
      await page.getByRole('table', { name: 'Compared tensors' }).getByText('fc1.weight').click();
      await page.getByRole('list', { name: 'Colours' }).waitFor();
    },
  },
  palette: {
    size: wide,
    make: async (page) => {
      await prunedSample(page);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Find a command' }).fill('quality');
    },
  },
  presets: {
    size: wide,
    make: async (page) => {
      await open(page, 'digits-cnn.pth');
      await page.getByRole('button', { name: 'Presets' }).click();
      await page.getByRole('menuitem').first().waitFor();
    },
  },
  evaluation: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      for (const percent of ['60', '80', '90', '95']) await target(page, percent);
    },
  },
  repair: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      await target(page, '97');
      const repair = page.getByRole('region', { name: 'Repair', exact: true });
      await repair.getByRole('button', { name: 'Repair', exact: true }).click();
      await expect(repair.getByRole('checkbox', { name: 'Repaired' })).toBeChecked({ timeout: 120_000 });
    },
  },
  slim: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      const slim = page.getByRole('region', { name: 'Slim', exact: true });
      await slim.getByRole('button', { name: 'Slim', exact: true }).click();
      const made = page.getByRole('group', { name: 'Slim model against the original' });
      await made.waitFor({ timeout: 240_000 });
      await page.getByRole('tab', { name: 'Channels' }).click();
      await page.getByRole('list', { name: 'Goes together' }).waitFor({ timeout: 60_000 });
    },
  },
  sensitivity: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      await page.getByRole('tab', { name: 'Sensitivity' }).click();
      await page.getByRole('button', { name: 'Measure' }).first().click();
      await page.getByRole('button', { name: 'Measure again' }).waitFor({ timeout: 240_000 });
    },
  },
  marks: { size: wide, make: async (page) => closer(page, 'findings/findings.pt', 'Marks') },
  classes: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      await target(page, '95');
      await closerAt(page, 'Classes');
      await page.getByRole('list', { name: 'Flips' }).getByRole('img').last().waitFor();
      await page.getByRole('button', { name: 'Measure sensitivity' }).click();
      await page.getByRole('table', { name: /^Inputs lost/ }).waitFor({ timeout: 240_000 });
    },
  },
  blocks: {
    size: wide,
    make: async (page) => {
      await page.locator('input[type=file]').setInputFiles(join(goldens, 'blocks/encoder.onnx'));
      await ready(page);
      await page.getByRole('button', { name: 'Evaluate…' }).click();
      await expect(page.getByRole('group', { name: 'Quality', exact: true })).toContainText('random inputs', {
        timeout: 60_000,
      });
      await closerAt(page, 'Blocks');
      await page.getByRole('button', { name: 'Measure blocks' }).click();
      await page.getByRole('table', { name: 'Blocks' }).waitFor({ timeout: 60_000 });
    },
  },
  int8: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      await target(page, '90');
      await closerAt(page, 'int8');
      await page.getByRole('table', { name: 'int8 by layer' }).waitFor({ timeout: 60_000 });
    },
  },
  'auto-tune': {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      await page.getByRole('button', { name: 'Quality options' }).click();
      await page.getByRole('menuitem', { name: /Auto-tune/ }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  export: {
    size: wide,
    make: async (page) => {
      await prunedSample(page, 'Whole model');
      await page.getByRole('button', { name: /^Export/ }).click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('dialog').getByRole('button', { name: 'Download', exact: true }).click();
      await downloading;
    },
  },
  history: {
    size: wide,
    make: async (page) => {
      await evaluated(page);
      for (const [percent, name] of [
        ['60', 'careful'],
        ['85', 'middle'],
        ['95', 'bold'],
      ]) {
        await page.getByRole('tab', { name: 'Distribution' }).click();
        await target(page, percent);
        await page.getByRole('tab', { name: 'History' }).click();
        await page.getByRole('button', { name: 'Take snapshot' }).click();
        await page.getByLabel('Name of the snapshot').first().fill(name);
        await page.keyboard.press('Enter');
      }
      await page.getByRole('button', { name: 'Pin careful' }).click();
      await page.getByRole('button', { name: 'Pin bold' }).click();
    },
  },
  'recipe-editor': {
    size: wide,
    make: async (page) => {
      await prunedSample(page, 'Whole model');
      await page.getByRole('button', { name: 'Recipe', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Edit…' }).click();
      const rule = { criterion: 'magnitude', granularity: 'weight' };
      const rules = [
        { name: 'Everything', ...rule, scope: 'global', amount: { sparsity: 0.8 } },
        { name: 'First layer, gently', tensors: ['conv1.*'], ...rule, scope: 'layer', amount: { sparsity: 0.2 } },
        { name: 'Classifier', off: true, tensors: ['fc2.*'], ...rule, scope: 'layer', amount: { sparsity: 0.5 } },
      ];
      const text = JSON.stringify({ format: 'secateur-recipe', version: 1, rules }, null, 2);
      await page.getByLabel('Recipe as JSON').fill(text);
    },
  },
  groups: {
    size: wide,
    make: async (page) => {
      await page.locator('input[type=file]').setInputFiles(transformer);
      await ready(page);
      await page.getByText('Group by module').click();
      await setScope(page, 'Whole model');
      await target(page, '50');
    },
  },
  'wrong-file': {
    size: wide,
    make: async (page) => {
      await page.locator('input[type=file]').setInputFiles({
        name: 'model.pkl.zip',
        mimeType: 'application/zip',
        buffer: Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1'),
      });
      await page.getByRole('alert').waitFor();
    },
  },
  help: {
    size: wide,
    make: async (page) => {
      await page.getByRole('button', { name: 'Help and keyboard shortcuts' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'phone-start': { size: phone, make: async () => {} },
  'phone-studio': { size: phone, make: async (page) => prunedSample(page) },
};

const wanted = process.argv.slice(2);
writeSafetensors(transformer, llamaShapes(111, 64));
const pictures = join(root, 'docs/pictures');
mkdirSync(pictures, { recursive: true });
const server = await preview({ root, preview: { port: 4181 } });
const browser = await chromium.launch({ executablePath: findChromium(), args: launchArgs });
let failed = 0;
try {
  for (const [name, { size, make }] of Object.entries(screens)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      try {
        await page.goto(server.resolvedUrls.local[0]);
        await page.locator('main[data-status=empty]').waitFor();
        await make(page);
        await settled(page);
        writeFileSync(join(pictures, `${name}-${colorScheme}.webp`), await webp(context, await page.screenshot()));
      } catch (error) {
        failed++;
        console.error(`${name}, ${colorScheme}: ${error.message}`);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;

async function open(page, name) {
  await page.locator('input[type=file]').setInputFiles(sample(name));
  await ready(page);
}

async function ready(page) {
  await page.locator('main[data-status=ready]').waitFor();
  await page.getByRole('slider', { name: 'Threshold' }).waitFor();
}

async function closer(page, golden, tab) {
  await page.locator('input[type=file]').setInputFiles(join(goldens, golden));
  await ready(page);
  await closerAt(page, tab);
  await page.getByText('were looked at').waitFor();
}

async function closerAt(page, tab) {
  await page.getByRole('button', { name: 'Understand…' }).click();
  await page.getByRole('tab', { name: tab, exact: true }).click();
}

async function setScope(page, scope) {
  await page.getByRole('radiogroup', { name: 'Edit scope' }).getByText(scope).click();
}

async function target(page, percent) {
  const field = page.getByLabel('Target sparsity', { exact: true });
  await field.fill(percent);
  await field.press('Enter');
  await settled(page);
}

async function prunedSample(page, scope) {
  await open(page, 'digits-cnn.pth');
  if (scope) await setScope(page, scope);
  await target(page, '80');
}

/** The sample on its test set. */
async function evaluated(page) {
  await open(page, 'digits-cnn.onnx');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  const quality = page.getByRole('group', { name: 'Quality', exact: true });
  await expect(quality).toContainText('random inputs', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Quality options' }).click();
  await page.getByRole('menuitem', { name: 'Change inputs…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Use the sample’s test set' }).click();
  await expect(dialog).toContainText('599 samples');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await setScope(page, 'Whole model');
  await settled(page);
}

/** Figures exact, quality of what is shown, and nothing moving. */
async function settled(page) {
  const sparsity = page.getByLabel('Model sparsity', { exact: true });
  if ((await sparsity.count()) > 0) await expect(sparsity).not.toContainText('≈');
  await expect(page.locator('[data-stale=true]')).toHaveCount(0, { timeout: 60_000 });
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** A fifth of the PNG's size, as sharp. */
async function webp(context, png) {
  const page = await context.newPage();
  const base64 = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.9).split(',')[1];
  }, png.toString('base64'));
  return Buffer.from(base64, 'base64');
}
