/** One round: all that is timed in the browser, in a fresh one, so that no cache of the last round helps. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  chooseWholeModel,
  dragForTwoSeconds,
  launch,
  timeExport,
  timeOpen,
  timePresets,
  timeRawRead,
  timeRecipe,
  timeSave,
  timeSparsity,
  timeThreshold,
  visit,
} from './browser.mjs';
import { withPeakMemory } from './memory.mjs';

const rule = { criterion: 'magnitude', scope: 'layer' };
const filters = { ...rule, granularity: { dim: 0, norm: 2 }, amount: { sparsity: 0.25 } };
const twoOfFour = { ...rule, granularity: { n: 2, m: 4 } };

/** @returns milliseconds by step, bytes of memory, and how smooth a drag was */
export async function oneRound(folder, path, address) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    // The first read of a browser is slower than all others.
    await timeRawRead(context, address, path, 1);
    const read = await timeRawRead(context, address, path, 1);
    const readByTwo = await timeRawRead(context, address, path, 2);
    const alone = await visit(context, address, { cores: 1 });
    const openAlone = await timeOpen(alone, path);
    await alone.close();
    const page = await visit(context, address);
    const { peak: empty } = await withPeakMemory(() => page.waitForTimeout(500));
    const { result, peak } = await withPeakMemory(async () => {
      const open = await timeOpen(page, path);
      await chooseWholeModel(page);
      const drag = await dragForTwoSeconds(page);
      const sparsity = await timeSparsity(page, 50);
      const exported = await timeExport(page);
      if (statSync(exported.path).size !== statSync(path).size) throw new Error('The export has another size.');
      await page.keyboard.press('Escape');
      const saved = await timeSave(page);
      const threshold = await timeThreshold(page, 0.0123);
      const structured = await timeRecipe(page, filters);
      const pattern = await timeRecipe(page, twoOfFour);
      return { open, drag, sparsity, exported: exported.downloaded, saved, threshold, structured, pattern };
    });
    await page.close();
    const fresh = await visit(context, address);
    await timeOpen(fresh, path);
    const presets = await timePresets(fresh);
    return { read, readByTwo, openAlone, memory: peak - empty, presets, ...result };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
