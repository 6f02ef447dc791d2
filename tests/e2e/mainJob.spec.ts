/** A checkpoint in, a pruned checkpoint out. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Download } from '@playwright/test';
import { expect, recipeFile, recipeOf, rule, samples, test } from './studio';

for (const name of ['digits-cnn.pth', 'digits-cnn.safetensors', 'digits-cnn.onnx']) {
  test(`prunes half of ${name} and downloads a file that differs only in zeros and checksums`, async ({ studio }) => {
    await studio.openSample(name);
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '50');
    await expect(studio.modelSparsity).toContainText('50.0 %');

    const { name: downloaded, bytes } = await studio.download();
    const [stem, extension] = name.split('.');
    expect(downloaded).toBe(`${stem}-pruned.${extension}`);
    await expect(studio.dialog).toContainText(
      /verified: [\d,]+ zeros of [\d,]+, 4 tensors changed, everything else identical/,
    );

    const original = readFileSync(join(samples, name));
    const pruned = bytes();
    expect(pruned.length).toBe(original.length);
    let changed = 0;
    let notZero = 0;
    for (let i = 0; i < pruned.length; i++) {
      if (pruned[i] === original[i]) continue;
      changed++;
      if (pruned[i] !== 0) notZero++;
    }
    expect(changed).toBeGreaterThan(original.length / 4);
    // A zip keeps the checksum of each record twice, four bytes each; the other formats have none.
    expect(notZero).toBeLessThanOrEqual(name.endsWith('.pth') ? 4 * 8 * 2 : 0);
  });
}

test('exports the original bytes when nothing is pruned', async ({ studio }) => {
  await studio.openSample();
  const { bytes } = await studio.download();
  expect(bytes().equals(readFileSync(join(samples, 'digits-cnn.pth')))).toBe(true);
});

test('saves to the file that was picked', async ({ studio, page }) => {
  // In the place of the browser's dialog, which no test can answer: a file of the origin's own file system.
  await page.addInitScript(() => {
    const showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) => {
      const directory = await navigator.storage.getDirectory();
      return directory.getFileHandle(suggestedName, { create: true });
    };
    Object.assign(window, { showSaveFilePicker });
  });
  await studio.visit();
  await studio.openSample('digits-cnn.safetensors');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await studio.export();
  await studio.dialog.getByRole('button', { name: 'Save to…' }).click();
  await expect(studio.dialog).toContainText('verified: 58,992 zeros of 117,984');

  const saved = await page.evaluate(async () => {
    const directory = await navigator.storage.getDirectory();
    const handle = await directory.getFileHandle('digits-cnn-pruned.safetensors');
    return Array.from(new Uint8Array(await (await handle.getFile()).arrayBuffer()));
  });
  const original = readFileSync(join(samples, 'digits-cnn.safetensors'));
  expect(saved).toHaveLength(original.length);
  const changed = saved.filter((byte, i) => byte !== original[i]);
  expect(changed.length).toBeGreaterThan(original.length / 4);
  expect(changed.every((byte) => byte === 0)).toBe(true);
});

const several = ['net.onnx', 'net.onnx.data'].map((name) => join('tests/golden/files/external/exported', name));
/** Weights in both files. */
const inBoth = recipeFile(recipeOf(rule({ tensors: ['0.bias', '7.weight'], amount: { count: 3 } })));

test('downloads each file of a checkpoint that changed', async ({ studio, page }) => {
  await studio.open(several);
  await studio.expectStatus('ready');
  await studio.open([inBoth]);
  await studio.export();
  const downloads: Download[] = [];
  page.on('download', (download) => downloads.push(download));
  await studio.dialog.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(studio.dialog).toContainText('2 files are in your downloads');
  for (const path of several) {
    await expect(
      studio.dialog
        .getByRole('listitem')
        .filter({ hasText: basename(path) })
        .first(),
    ).toBeVisible();
  }
  await expect.poll(() => downloads.length).toBe(2);
  for (const [i, path] of several.entries()) {
    const [download, original] = [downloads[i]!, readFileSync(path)];
    expect(download.suggestedFilename()).toBe(basename(path));
    const written = readFileSync(await download.path());
    expect(written).toHaveLength(original.length);
    expect(written.equals(original)).toBe(false);
    expect(written.every((byte, at) => byte === original[at] || byte === 0)).toBe(true);
  }
});

test('saves them into the folder that was picked, and overwrites nothing there', async ({ studio, page }) => {
  await page.addInitScript(() => {
    const showDirectoryPicker = async () => {
      const directory = await navigator.storage.getDirectory();
      return directory.getDirectoryHandle('picked', { create: true });
    };
    Object.assign(window, { showDirectoryPicker });
  });
  await studio.visit();
  await studio.open(several);
  await studio.expectStatus('ready');
  await studio.open([inBoth]);
  await studio.export();
  await studio.dialog.getByRole('button', { name: 'Save to…' }).click();
  await expect(studio.dialog).toContainText('verified');
  const saved = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked');
    const sizes: [string, number][] = [];
    for await (const name of folder.keys())
      sizes.push([name, (await (await folder.getFileHandle(name)).getFile()).size]);
    return sizes.sort();
  });
  expect(saved).toEqual(several.map((path) => [basename(path), readFileSync(path).length]));

  await studio.dialog.getByRole('button', { name: 'Done' }).click();
  await studio.export();
  await studio.dialog.getByRole('button', { name: 'Save to…' }).click();
  await expect(studio.dialog.getByRole('alert')).toContainText('has a file named net.onnx already');
});

test('opens a pruned file again and finds its zeros', async ({ studio }) => {
  await studio.openSample();
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '60');
  const { name, bytes } = await studio.download();
  await studio.dialog.getByRole('button', { name: 'Done' }).click();
  await studio.open([{ name, mimeType: '', buffer: bytes() }]);
  await expect(studio.modelSparsity).toHaveText('60.0 %');
});

test('warns before export of what the model would not survive', async ({ studio, page }) => {
  await studio.openSample();
  await studio.enter(studio.targetSparsity, '100');
  await studio.export();
  await expect(studio.dialog).toContainText('Nothing is left of conv1.weight: the model computes nothing.');
  await studio.dialog.getByRole('button', { name: 'Close' }).click();

  await studio.choose('bn1.weight');
  await page.getByRole('button', { name: 'Prune this layer' }).click();
  await studio.enter(studio.targetSparsity, '50');
  await studio.export();
  await expect(studio.dialog).toContainText(/Normalisation, bias or buffer values are pruned: bn1\.weight/);
});

test('says before export that nothing is pruned', async ({ studio }) => {
  await studio.openSample();
  await studio.export();
  await expect(studio.dialog).toContainText('Nothing is pruned yet: the export is the original, byte for byte.');
});
