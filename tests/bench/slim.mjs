/**
 * `npm run bench -- --only slim`: how much faster models are in the page without some of their channels. The sample and, where ../shared has them
 * and Python has PyTorch, ResNet-20 (with repair and without) and UltraFace: as a person does it, from the button **Slim** until the figures are there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/run.mjs';
import { chooseWholeModel, launch, timeOpen, visit } from './browser.mjs';
import { dropInputs } from './firstFigure.mjs';

const shared = join(root, '../shared');
const checkpoint = join(shared, 'models/resnet20-cifar10.th');
const images = join(shared, 'data/cifar10-jpeg.npz');
const ultraface = join(shared, 'models/ultraface-rfb-320-no-postprocessing.onnx');

/** @returns Markdown */
export async function slimTable(folder, address, python) {
  const samples = join(root, 'public/samples');
  const cases = [
    ['the sample', join(samples, 'digits-cnn.onnx'), join(samples, 'digits-test.npz'), 'macs', '50', true],
    ['the sample', join(samples, 'digits-cnn.onnx'), join(samples, 'digits-test.npz'), 'macs', '25', true],
  ];
  const skipped = [];
  const missing = [checkpoint, images].find((path) => !existsSync(path));
  if (!missing && python) {
    const script = join(root, 'tests/bench/resnet20.py');
    const { status, stderr } = spawnSync(python, [script, checkpoint, images, folder, '600'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const own = ['ResNet-20', join(folder, 'resnet20.onnx'), join(folder, 'images.npz')];
    cases.push(
      [...own, 'macs', '70', true],
      [...own, 'macs', '50', true],
      [...own, 'macs', '50', false],
      [...own, 'time', '50', true],
    );
  } else skipped.push(`ResNet-20: ${missing ? `${missing} is not there` : 'no Python'}`);
  if (existsSync(ultraface))
    cases.push(
      ['UltraFace', ultraface, undefined, 'macs', '70', false],
      ['UltraFace', ultraface, undefined, 'time', '70', false],
    );
  else skipped.push(`UltraFace: ${ultraface} is not there`);
  const rows = [];
  for (const each of cases) rows.push(await oneSlim(folder, address, each));
  return `## Slim in the page

| model | asked for | repair | what came of it | made in |
| --- | --- | --- | --- | --- |
${rows.join('\n')}${skipped.length > 0 ? `\n\nSkipped: ${skipped.join('; ')}.` : ''}`;
}

async function oneSlim(folder, address, [title, model, inputs, measure, target, repair]) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const page = await visit(context, address);
    await timeOpen(page, model);
    await chooseWholeModel(page);
    const rested = page.locator('[role=group][aria-label=Quality]:not([aria-busy=true])');
    if (inputs) {
      await dropInputs(page, inputs);
      await rested.getByText('live').waitFor({ timeout: 120_000 });
    }
    const region = page.getByRole('region', { name: 'Slim', exact: true });
    await region.getByLabel('Measure', { exact: true }).selectOption(measure);
    const field = region.getByLabel('Target', { exact: true });
    await field.fill(target);
    await field.press('Enter');
    const choice = region.getByLabel('Repair what reads them');
    if (inputs && !repair) await choice.uncheck();
    const started = performance.now();
    await region.getByRole('button', { name: 'Slim', exact: true }).click();
    const figures = region.getByRole('group', { name: 'Slim model against the original' });
    await figures.waitFor({ timeout: 300_000 });
    const seconds = Math.round((performance.now() - started) / 1000);
    const said = (await figures.locator(':scope > div').allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' ').trim(),
    );
    return `| ${title} | ${target} % of ${measure} | ${inputs && repair ? 'yes' : 'no'} | ${said.join('; ')} | ${seconds} s |`;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
