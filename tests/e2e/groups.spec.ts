/** A transformer of 1,002 tensors: told apart, folded, grouped by module, a block locked, the rest pruned. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { llamaShapes, writeSafetensors } from '../bench/synthetic.mjs';
import { expect, test } from './studio';

let folder: string;
let file: string;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secateur-e2e-'));
  file = join(folder, 'llama.safetensors');
  writeSafetensors(file, llamaShapes(111, 32));
});

test.afterAll(() => rmSync(folder, { recursive: true }));

/** The bytes of a block's tensors, by name. */
function tensorsOf(bytes: Buffer, block: string): Map<string, Buffer> {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<string, { data_offsets: [number, number] }>;
  const inBlock = Object.entries(header).filter(([name]) => name.startsWith(block));
  return new Map(
    inBlock.map(
      ([
        name,
        {
          data_offsets: [from, to],
        },
      ]) => [name, bytes.subarray(start + from, start + to)],
    ),
  );
}

test('of 1,002 tensors a block is found, locked, and kept while the rest is pruned', async ({ studio, page }) => {
  await studio.open(file);
  await studio.expectStatus('ready');

  // Names are told apart in the width they have, and are whole for who asks.
  const row = studio.row('model.layers.17.self_attn.q_proj.weight');
  await page.getByLabel('Filter layers').fill('s.17.*q_proj*weight');
  await expect(studio.rows()).toHaveCount(1);
  expect(await row.getByText('17.').first().isVisible()).toBe(true);
  await row.click();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('model.layers.17.self_attn.q_proj.weight');
  await page.getByRole('button', { name: 'Clear filter' }).click();

  // What is off folds, and a filter finds it all the same.
  const more = page.getByRole('button', { name: '223 more tensors' });
  await expect(more).toBeVisible();
  await page.getByLabel('Filter layers').fill('layers.17.*layernorm');
  await expect(studio.rows()).toHaveCount(2);
  await page.getByLabel('Filter layers').fill('');

  // By module: the group is opened and locked by keys alone.
  await page.getByRole('button', { name: 'Group by module' }).click();
  const block = studio.layers.getByRole('row', { name: /layers\.17/ }).first();
  await page.getByLabel('Filter layers').fill('layers.17.');
  await expect(block).toHaveAttribute('aria-expanded', 'true');
  await block.getByText('layers.17', { exact: true }).click();
  await expect(block).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('Selected (7)')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(block).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(studio.row('layers.17.input_layernorm.weight')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('l');
  await expect(block.getByRole('button', { name: 'Lock model.layers.17' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByLabel('Filter layers').fill('');

  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '60');
  await expect(studio.modelSparsity).toContainText('%');
  await page.getByLabel('Filter layers').fill('layers.17.');
  await expect(studio.sparsityOf('layers.17.self_attn.q_proj.weight')).toHaveText('0.0 %');
  await page.getByLabel('Filter layers').fill('layers.18.');
  await expect(studio.sparsityOf('layers.18.self_attn.q_proj.weight')).not.toHaveText('0.0 %');

  const { bytes } = await studio.download();
  await expect(studio.dialog).toContainText('verified');
  const [before, after] = [readFileSync(file), bytes()];
  expect(tensorsOf(after, 'model.layers.17.')).toEqual(tensorsOf(before, 'model.layers.17.'));
  expect(tensorsOf(after, 'model.layers.18.')).not.toEqual(tensorsOf(before, 'model.layers.18.'));

  // The choice to group outlasts the visit.
  await page.reload();
  await studio.open(file);
  await studio.expectStatus('ready');
  await expect(studio.layers).toHaveRole('treegrid');
  await expect(studio.row('layers.110')).toHaveCount(0);
});

test('borders between columns move by pointer and by key, and stay where they were put', async ({ studio, page }) => {
  await studio.openSample();
  const name = studio.layers.getByRole('columnheader', { name: 'Name' });
  const sparsity = studio.layers.getByRole('columnheader', { name: 'Sparsity' });
  const widths = async () => [(await name.boundingBox())!.width, (await sparsity.boundingBox())!.width] as const;
  const [nameBefore, sparsityBefore] = await widths();
  const grip = studio.layers.locator('[data-border$=",sparsity"]');
  const box = (await grip.boundingBox())!;
  await page.mouse.move(box.x + 4, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x - 16, box.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await widths())[1]).toBe(sparsityBefore + 20);
  await name.getByRole('button').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(async () => (await widths())[0]).toBe(nameBefore - 16);
  await page.reload();
  await studio.openSample();
  await expect.poll(widths).toEqual([nameBefore - 16, sparsityBefore + 20]);
});
