/**
 * `npm run bench -- --only quality`: how long quality takes to answer a handle that rests. For the sample with its 599 inputs and,
 * where ../shared has it and Python has PyTorch, for ResNet-20 with 300 images, with an open batch and with a batch of one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/run.mjs';
import { chooseWholeModel, launch, timeOpen, visit } from './browser.mjs';

const shared = join(root, '../shared');
const checkpoint = join(shared, 'models/resnet20-cifar10.th');
const images = join(shared, 'data/cifar10-jpeg.npz');

/** How many times the handle is moved and left. */
const rests = 7;

/** @returns Markdown */
export async function firstFigureRounds(folder, address, python) {
  const samples = join(root, 'public/samples');
  const models = [['the sample, 599 inputs', join(samples, 'digits-cnn.onnx'), join(samples, 'digits-test.npz')]];
  const missing = [checkpoint, images].find((path) => !existsSync(path));
  if (!missing && python) {
    const script = join(root, 'tests/bench/resnet20.py');
    const { status, stderr } = spawnSync(python, [script, checkpoint, images, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const inputs = join(folder, 'images.npz');
    models.push(['ResNet-20, 300 images', join(folder, 'resnet20.onnx'), inputs]);
    models.push(['the same, a batch of one', join(folder, 'resnet20-one.onnx'), inputs]);
  }
  const rows = [];
  for (const [title, model, inputs] of models) {
    const { first, all, label, run } = await oneModel(folder, address, model, inputs);
    rows.push(`| ${title} | ${summary(first)} | ${summary(all)} | ${label}, ${run} |`);
  }
  const skipped = missing
    ? `\n\nSkipped: ResNet-20, ${missing} is not there.`
    : python
      ? ''
      : '\n\nSkipped: ResNet-20, no Python.';
  return `## Quality after the handle rests, ${rests} times

|  | first figure | all inputs | run by |
| --- | --- | --- | --- |
${rows.join('\n')}${skipped}`;
}

async function oneModel(folder, address, model, inputs) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const page = await visit(context, address);
    await timeOpen(page, model);
    await chooseWholeModel(page);
    await dropInputs(page, inputs);
    const quality = page.getByRole('group', { name: 'Quality', exact: true });
    await quality.getByText('live').waitFor({ timeout: 120_000 });
    const first = [];
    const all = [];
    const { x, y, width, height } = await page.getByRole('slider', { name: 'Threshold' }).boundingBox();
    const middle = { x: x + width / 2, y: y + height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    for (let i = 0; i < rests; i++) {
      const rested = watchRest(page);
      await page.mouse.move(middle.x + 20 + 12 * i, middle.y, { steps: 3 });
      const times = await rested;
      first.push(times.first);
      all.push(times.all);
    }
    await page.mouse.up();
    await page.getByRole('button', { name: 'Quality options' }).click();
    const words = await page
      .getByText(/ONNX Runtime,/)
      .first()
      .textContent();
    const [label, run] = words.split(' · ');
    return { first, all, label, run };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** @returns milliseconds from the last movement until a figure of where the handle rests is shown, and until all inputs count */
function watchRest(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const quality = document.querySelector('[role=group][aria-label=Quality]');
        let moved;
        let first;
        addEventListener(
          'pointermove',
          function move() {
            moved = performance.now();
            first = undefined;
            window.endRest?.();
            const look = () => {
              if (stopped) return;
              const figure = quality.querySelector('[data-stale]');
              const loading = quality.querySelector('[role=img][aria-label=Evaluating]');
              const isBusy = quality.getAttribute('aria-busy') === 'true' || loading !== null;
              if (wasStale && figure?.dataset.stale === 'false') {
                first ??= performance.now();
                if (!isBusy) {
                  removeEventListener('pointermove', move, true);
                  resolve({ first: first - moved, all: performance.now() - moved });
                  return;
                }
              }
              wasStale ||= figure?.dataset.stale === 'true';
              requestAnimationFrame(look);
            };
            let stopped = false;
            let wasStale = false;
            window.endRest = () => {
              stopped = true;
            };
            look();
          },
          true,
        );
      }),
  );
}

/** As a drop on the window. */
export async function dropInputs(page, path) {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'bench-inputs';
    document.body.append(input);
  });
  await page.locator('#bench-inputs').setInputFiles(path);
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(document.querySelector('#bench-inputs').files[0]);
    document
      .querySelector('main')
      .dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
}

/** @param times in milliseconds */
export function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${median.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)})`;
}
