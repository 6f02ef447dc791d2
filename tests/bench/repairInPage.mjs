/**
 * `npm run bench -- --only repair`: how long a repair takes in the page, from the button until **Repaired** is there, and what accuracy comes to.
 * The sample at 97 % on its own calibration set and, where ../shared has it and Python has PyTorch, ResNet-20 at 80 % on a share of 600 images.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/run.mjs';
import { chooseWholeModel, launch, timeOpen, visit } from './browser.mjs';
import { dropInputs, summary } from './firstFigure.mjs';

const shared = join(root, '../shared');
const checkpoint = join(shared, 'models/resnet20-cifar10.th');
const images = join(shared, 'data/cifar10-jpeg.npz');

/** @returns Markdown */
export async function repairRounds(folder, address, python, rounds) {
  const samples = join(root, 'public/samples');
  const models = [['the sample', join(samples, 'digits-cnn.onnx'), join(samples, 'digits-test.npz'), '97']];
  const missing = [checkpoint, images].find((path) => !existsSync(path));
  if (!missing && python) {
    const script = join(root, 'tests/bench/resnet20.py');
    const { status, stderr } = spawnSync(python, [script, checkpoint, images, folder, '600'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    models.push(['ResNet-20', join(folder, 'resnet20.onnx'), join(folder, 'images.npz'), '80']);
  }
  const rows = [];
  for (const [title, model, inputs, percent] of models) {
    const times = [];
    let figures = '';
    for (let round = 0; round < rounds; round++) {
      const { milliseconds, said } = await oneRepair(folder, address, model, inputs, percent);
      times.push(milliseconds);
      figures = said;
    }
    rows.push(`| ${title}, ${percent} % | ${summary(times)} | ${figures} |`);
  }
  const skipped = missing ? `${missing} is not there.` : python ? '' : 'no Python.';
  return `## Repair in the page, ${rounds} rounds

|  | repair | accuracy |
| --- | --- | --- |
${rows.join('\n')}${skipped && `\n\nSkipped: ResNet-20, ${skipped}`}`;
}

async function oneRepair(folder, address, model, inputs, percent) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const page = await visit(context, address);
    await timeOpen(page, model);
    await chooseWholeModel(page);
    await dropInputs(page, inputs);
    const rested = page.locator('[role=group][aria-label=Quality]:not([aria-busy=true])');
    await rested.getByText('live').waitFor({ timeout: 120_000 });
    const field = page.getByLabel('Target sparsity', { exact: true });
    await field.fill(percent);
    await field.press('Enter');
    await page.getByLabel('Model sparsity').getByText(`${percent}.0 %`).waitFor();
    await rested.locator('[data-stale=false]').waitFor({ timeout: 120_000 });
    const region = page.getByRole('region', { name: 'Repair', exact: true });
    const began = performance.now();
    await region.getByRole('button', { name: 'Repair', exact: true }).click();
    await region.getByRole('checkbox', { name: 'Repaired' }).waitFor({ timeout: 300_000 });
    const milliseconds = performance.now() - began;
    const three = region.getByRole('group', { name: /^Accuracy before pruning/ }).locator('b');
    return { milliseconds, said: (await three.allTextContents()).join(' → ') };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
