/** Several files at once: a model with its weights beside it, and the whole folder of a model hub. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Download, Page } from '@playwright/test';
import { quality, qualityOf } from './quality';
import { expect, type NamedFile, samples, test } from './studio';

const folder = 'tests/golden/files/external/exported';
const model = `${folder}/net.onnx`;
const data = `${folder}/net.onnx.data`;

function text(name: string, content: string): NamedFile {
  return { name, mimeType: '', buffer: Buffer.from(content) };
}

function fromDisk(path: string, name: string): NamedFile {
  return { name, mimeType: '', buffer: readFileSync(path) };
}

test('a model and its data open together, are pruned, evaluated and downloaded', async ({ studio, page }) => {
  test.slow();
  await studio.open([data, model]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('net.onnx · Secateur');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');

  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  const match = await quality(page);
  expect(match).toBeGreaterThanOrEqual(0);
  expect(match).toBeLessThanOrEqual(100);

  const download = await studio.download();
  await expect(studio.dialog).toContainText('verified');
  expect(download.name).toBe('net.onnx.data');
  const [before, after] = [readFileSync(data), download.bytes()];
  expect(after.length).toBe(before.length);
  const weights = (bytes: Buffer) =>
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const original = weights(before);
  const pruned = weights(after);
  let zeros = 0;
  pruned.forEach((weight, i) => {
    if (weight === 0) zeros++;
    else expect(weight).toBe(original[i]);
  });
  expect(zeros).toBe(original.length / 2);
});

test('a quantised model is evaluated and pruned by its zero points', async ({ studio, page }) => {
  const quantised = 'tests/golden/files/quantised/qdq.onnx';
  await studio.open([quantised]);
  await studio.expectStatus('ready');
  await expect(page.getByText('pruned by their zero point')).toBeVisible();
  await expect(page.locator('header').filter({ hasText: '0.weight_quantized' })).toContainText('int8');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  expect(await quality(page)).toBeLessThanOrEqual(100);
  const download = await studio.download();
  await expect(studio.dialog).toContainText('verified');
  const [before, after] = [readFileSync(quantised), download.bytes()];
  expect(after.length).toBe(before.length);
  // Zero points of signed weights are 0 in every channel.
  const changed = [...after].filter((byte, i) => byte !== before[i]);
  expect(changed.length).toBeGreaterThan(1000);
  expect(new Set(changed)).toEqual(new Set([0]));
});

test('a model that has the SHA-1 of its files is downloaded with those of the pruned ones', async ({
  studio,
  page,
}) => {
  const checked = 'tests/golden/files/external/checked';
  await studio.open(['net.onnx', 'first.bin', 'second.bin'].map((name) => `${checked}/${name}`));
  await studio.expectStatus('ready');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  const downloads: Download[] = [];
  page.on('download', (download) => downloads.push(download));
  await studio.download();
  await expect.poll(() => downloads.length).toBe(3);
  const files = new Map<string, Buffer>();
  for (const each of downloads) files.set(each.suggestedFilename(), readFileSync(await each.path()));
  for (const name of ['first.bin', 'second.bin']) {
    const digest = createHash('sha1').update(files.get(name)!).digest('hex');
    expect(files.get('net.onnx')!.includes(digest)).toBe(true);
  }
});

test('a model alone says which file is missing, and what was open stays', async ({ studio }) => {
  await studio.openSample();
  await studio.open([model]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('net.onnx.data, which is missing: drop both files together');
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
});

test('the folder of a model hub opens, and what is no part of the model is named', async ({ studio, page }) => {
  await studio.open([
    text('.gitattributes', '*.safetensors filter=lfs diff=lfs merge=lfs -text\n'),
    text('README.md', '---\nlicense: mit\n---\n# Digits\n'),
    text('config.json', '{"architectures": ["DigitsCnn"], "model_type": "cnn"}'),
    text('generation_config.json', '{"max_length": 20}'),
    text('merges.txt', '#version: 0.2\na b\n'),
    fromDisk(`${samples}/digits-cnn.safetensors`, 'model.safetensors'),
    text('special_tokens_map.json', '{"pad_token": "[PAD]"}'),
    text('tokenizer.json', '{"version": "1.0", "truncation": null}'),
    text('vocab.txt', '[PAD]\n[UNK]\n'),
  ]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('model.safetensors · Secateur');
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
  await expect(
    page.getByText(
      /^\.gitattributes, config\.json, .* and vocab\.txt were left aside: no part of model\.safetensors\.$/,
    ),
  ).toBeVisible();
});

test('a recipe among the files of a folder is applied', async ({ studio, page }) => {
  const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } };
  await studio.open([
    text('config.json', '{"rules": "of the road", "format": "none"}'),
    fromDisk(`${samples}/digits-cnn.safetensors`, 'model.safetensors'),
    text('half.json', JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [rule] })),
  ]);
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(page.getByText('config.json was left aside: no part of model.safetensors.')).toBeVisible();
});

test('of two checkpoints the first by name opens, and the other is named', async ({ studio, page }) => {
  await studio.open([
    fromDisk(`${samples}/digits-cnn.safetensors`, 'second.safetensors'),
    fromDisk(`${samples}/digits-cnn.pth`, 'first.pth'),
  ]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('first.pth · Secateur');
  await expect(page.getByText(/^second\.safetensors was left aside: one checkpoint/)).toBeVisible();
});

test('a folder is chosen in the dialog of the browser, as if it were dropped', async ({ studio, page }) => {
  await studio.openSample();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Open a folder…' }).click();
  await (await choosing).setFiles('tests/golden/files/shards/safetensors');
  await page.getByRole('dialog', { name: 'Another checkpoint' }).getByRole('button', { name: 'Replace' }).click();
  await expect(page).toHaveTitle('model.safetensors.index.json · Secateur');
  await studio.expectStatus('ready');
});

/** Drops a folder as a browser hands it on: entries that are read one after the other. */
async function dropFolder(page: Page, files: readonly (readonly [path: string, content: Buffer])[]): Promise<void> {
  await page.evaluate(
    (files) => {
      const entries = files.map(([path, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const file = new File([bytes], path.slice(path.lastIndexOf('/') + 1));
        const give = (ok: (file: File) => void) => ok(file);
        return { isFile: true, isDirectory: false, fullPath: `/${path}`, file: give };
      });
      const portions: unknown[][] = [entries];
      const readEntries = (ok: (portion: unknown[]) => void) => ok(portions.pop() ?? []);
      const root = { isFile: false, isDirectory: true, fullPath: '/run', createReader: () => ({ readEntries }) };
      const event = new Event('drop', { bubbles: true, cancelable: true });
      const dataTransfer = { types: ['Files'], files: [], items: [{ webkitGetAsEntry: () => root }] };
      Object.defineProperty(event, 'dataTransfer', { value: dataTransfer });
      document.querySelector('main')!.dispatchEvent(event);
    },
    files.map(([path, content]) => [path, content.toString('base64')] as const),
  );
}

test('a folder is asked which of its checkpoints is meant, and its shards are pruned as one model', async ({
  studio,
  page,
}) => {
  test.slow();
  const shards = 'tests/golden/files/shards/safetensors';
  const names = readdirSync(shards);
  await dropFolder(page, [
    ['run/checkpoint-500/model.pth', readFileSync(`${samples}/digits-cnn.pth`)],
    ['run/checkpoint-500/optimizer.pt', readFileSync('tests/golden/files/side/optimizer.pt')],
    ...names.map((name) => [`run/final/${name}`, readFileSync(`${shards}/${name}`)] as const),
  ]);
  await expect(studio.dialog).toContainText('Left aside: optimizer.pt.');
  await expect(studio.dialog.getByRole('listitem')).toHaveCount(2);
  await studio.dialog.getByRole('button', { name: /model\.safetensors\.index\.json.*6 files/ }).click();
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('model.safetensors.index.json · Secateur');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  const first = await studio.download();
  await expect(studio.dialog).toContainText('5 files are in your downloads, under their own names');
  expect(first.name).toBe('model-00001-of-00005.safetensors');
  expect(first.bytes().length).toBe(readFileSync(`${shards}/${first.name}`).length);
});

test('compressed weights are exported uncompressed, once that is wanted', async ({ studio, page }) => {
  await studio.open(['tests/golden/files/numpy/deflated.npz']);
  await studio.expectStatus('ready');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await page.getByRole('button', { name: /^Export/ }).click();
  const download = studio.dialog.getByRole('button', { name: 'Download', exact: true });
  await expect(download).toBeDisabled();
  await studio.dialog.getByRole('checkbox', { name: 'Write its weights uncompressed' }).check();
  const downloading = page.waitForEvent('download');
  await download.click();
  expect((await downloading).suggestedFilename()).toBe('deflated-pruned.npz');
  await expect(studio.dialog).toContainText('verified');
});

test('a TensorFlow checkpoint opens from its index and data, and both come back pruned', async ({ studio, page }) => {
  const place = 'tests/golden/files/tensorflow/keras/net';
  await studio.open([`${place}.data-00000-of-00001`, `${place}.index`]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('net.index · Secateur');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  const downloads: Download[] = [];
  page.on('download', (download) => downloads.push(download));
  await studio.download();
  await expect.poll(() => downloads.length).toBe(2);
  const names = downloads.map((download) => download.suggestedFilename());
  expect(names.sort()).toEqual(['net.data-00000-of-00001', 'net.index']);
});
