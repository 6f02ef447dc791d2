/**
 * `npm run bench -- --huge`: checkpoints larger than memory, opened, tuned and exported once in the production build. What
 * is opened is a File of a header and one block of weights on disk, over and over, so that only the export takes room.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  chooseWholeModel,
  dragForTwoSeconds,
  launch,
  timeExport,
  timeOpenOf,
  timeSave,
  timeSparsity,
  visit,
} from './browser.mjs';
import { withPeakMemory } from './memory.mjs';
import { safetensorsHeader, uniformShapes, writeWeights } from './synthetic.mjs';

const layerBytes = 64 * 2 ** 20;
const layersInBlock = 4;
const blockBytes = layersInBlock * layerBytes;

/**
 * @param gigabytes of 1e9 bytes, rounded up to whole blocks
 * @returns a Markdown table of steps: time, and the most memory over the empty page
 */
export async function hugeRound(folder, address, gigabytes) {
  const layers = Math.ceil((gigabytes * 1e9) / blockBytes) * layersInBlock;
  const header = safetensorsHeader(uniformShapes(layers, layers * layerBytes));
  const block = join(folder, 'block.bin');
  writeWeights(block, uniformShapes(layersInBlock, blockBytes));
  const size = header.length + layers * layerBytes;
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const page = await visit(context, address);
    const { peak: empty } = await withPeakMemory(() => page.waitForTimeout(2000));
    const rows = [];
    const step = async (name, work) => {
      const { result, peak } = await withPeakMemory(work);
      const milliseconds = typeof result === 'number' ? result : (result.shown ?? result.downloaded);
      const speed = `${(size / milliseconds / 1e6).toFixed(2)} GB/s`;
      rows.push([name, `${(milliseconds / 1000).toFixed(1)} s`, speed, `${((peak - empty) / 1e6).toFixed(0)} MB`]);
      return result;
    };
    const choose = () => composeFile(page, block, header, layers / layersInBlock);
    await step('open and measure', () => timeOpenOf(page, choose));
    await chooseWholeModel(page);
    const drag = await withPeakMemory(() => dragForTwoSeconds(page));
    await step('new global sparsity (50 %), exact', () => timeSparsity(page, 50));
    const { path } = await step('export', () => timeExport(page));
    assertPruned(path, size, header, block);
    rmSync(path);
    await page.keyboard.press('Escape');
    await step('export with "Save to…"', () => timeSave(page));
    const remark = `longest main-thread task ${drag.result.longestTask.toFixed(0)} ms`;
    rows.push(['two-second drag', '', remark, `${((drag.peak - empty) / 1e6).toFixed(0)} MB`]);
    const head = [
      `${(size / 1e9).toFixed(1)} GB, ${layers} layers, f32`,
      'time',
      '',
      'peak memory over the empty page',
    ];
    return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
    rmSync(block, { force: true });
  }
}

/** Puts the header and `blocks` times the block's file into the studio's file input, as one File. */
async function composeFile(page, block, header, blocks) {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'block' });
    document.body.append(input);
  });
  await page.locator('#block').setInputFiles(block);
  await page.evaluate(
    ({ header, blocks }) => {
      const own = document.querySelector('#block');
      const [block] = own.files;
      own.remove();
      const transfer = new DataTransfer();
      transfer.items.add(
        new File([Uint8Array.from(header), ...Array.from({ length: blocks }, () => block)], 'huge.safetensors'),
      );
      const input = document.querySelector('input[type=file]');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    },
    { header: [...header], blocks },
  );
}

/** Looks at a megabyte in every part of the file: about half of it zero, everything else as it was. */
function assertPruned(path, size, header, block) {
  if (statSync(path).size !== size) throw new Error(`The export has ${statSync(path).size} bytes instead of ${size}.`);
  const length = 2 ** 20;
  for (let layer = 0; layer < (size - header.length) / layerBytes; layer++) {
    const at = layer * layerBytes + (layer % 64) * length;
    const pruned = floatsAt(path, header.length + at, length);
    const original = floatsAt(block, at % blockBytes, length);
    let zeros = 0;
    for (let i = 0; i < pruned.length; i++) {
      if (pruned[i] === 0) zeros++;
      else if (pruned[i] !== original[i]) throw new Error(`Byte ${at + 4 * i} of the weights has another value.`);
    }
    if (zeros === 0 || zeros === pruned.length) throw new Error(`Layer ${layer} was pruned by none or all.`);
  }
}

function floatsAt(path, position, length) {
  const bytes = new Uint8Array(length);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, length, position);
  closeSync(file);
  return new Float32Array(bytes.buffer);
}
