/** Two checkpoints of 400 MB compared in the page, beside how long opening both takes. */
import { copyFileSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { launch, timeOpen, visit } from './browser.mjs';
import { withPeakMemory } from './memory.mjs';
import { uniformShapes, writeSafetensors } from './synthetic.mjs';

/** @returns Markdown */
export async function compareRounds(folder, address, rounds) {
  const one = join(folder, 'before.safetensors');
  const other = join(folder, 'after.safetensors');
  const bytes = writeSafetensors(one, uniformShapes(300, 400e6));
  copyFileSync(one, other);
  // Some of the weights of every layer become zero.
  const file = openSync(other, 'r+');
  const zeros = Buffer.alloc(2 ** 19);
  for (let at = 2 ** 20; at + zeros.length < bytes; at += 2 ** 21)
    writeSync(file, zeros, 0, zeros.length, at - (at % 4));
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await oneRound(folder, one, other, address));
  const of = (figure) => runs.map(figure).join(' | ');
  return `## Comparing two checkpoints of ${(bytes / 1e6).toFixed(0)} MB

|  | ${runs.map((_, i) => `round ${i + 1}`).join(' | ')} |
| --- | ${runs.map(() => '---').join(' | ')} |
| opening both | ${of(({ open }) => `${(open / 1000).toFixed(2)} s`)} |
| comparing, until the table is there | ${of(({ compared }) => `${(compared / 1000).toFixed(2)} s`)} |
| of opening both | ${of(({ open, compared }) => `${(compared / open).toFixed(2)} ×`)} |
| memory that comparing adds at its peak | ${of(({ memory }) => `${(memory / 1e6).toFixed(0)} MB`)} |`;
}

async function oneRound(folder, one, other, address) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const alone = await visit(context, address);
    const { shown: openOther } = await timeOpen(alone, other);
    await alone.close();
    const page = await visit(context, address);
    const open = openOther + (await timeOpen(page, one)).shown;
    const { peak: before } = await withPeakMemory(() => page.waitForTimeout(500));
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Compare with another…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Choose a checkpoint…' }).waitFor();
    const { result: compared, peak } = await withPeakMemory(async () => {
      await page.evaluate(() => {
        globalThis.comparedAt = new Promise((resolve) => {
          let start = 0;
          document.addEventListener('change', () => (start ||= performance.now()), true);
          new MutationObserver(() => {
            if (start && document.querySelector('[aria-label="Compared tensors"]')) resolve(performance.now() - start);
          }).observe(document.body, { childList: true, subtree: true });
        });
      });
      await dialog.locator('input[type=file]').setInputFiles(other);
      return page.evaluate(() => globalThis.comparedAt);
    });
    return { open, compared, memory: peak - before };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
