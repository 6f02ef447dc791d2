/** The page as `secateur open` serves it, with files of this machine. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headers } from '../../scripts/policy.mjs';
import { servePage } from '../../src/cli/serving/serve';
import { expect, Studio, samples, test } from './studio';

test('files that the command line serves are open in the page, with their recipe, and again after a reload', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'secateur-test-'));
  const paths = ['model.onnx', 'half.recipe.json'].map((name) => join(folder, name));
  copyFileSync(join(samples, 'digits-cnn.onnx'), paths[0]!);
  const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } };
  writeFileSync(paths[1]!, JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [rule] }));
  const running = await servePage(paths, { folders: ['dist'], headers }, 0);
  try {
    const studio = new Studio(page);
    await page.goto(running.address);
    await studio.expectStatus('ready');
    await expect(page.getByRole('banner')).toContainText('model.onnx');
    await expect(studio.modelSparsity).toHaveText('50.0 %');

    // The way back: what the page does, as a command.
    await page.getByRole('button', { name: 'Recipe', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Copy command' }).click();
    await expect(page.getByText('The command is on the clipboard, to be run where model.onnx is.')).toBeVisible();
    const copied = 'secateur prune model.onnx --sparsity 0.5 --scope global --out model-pruned.onnx';
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(copied);

    // What was done meanwhile is offered, as ever.
    await page.reload();
    await studio.expectStatus('ready');
    await expect(page.getByRole('banner')).toContainText('model.onnx');

    await running.close();
    await page.evaluate(() => {
      location.hash = '#open=another';
    });
    await expect(studio.alert).toContainText('What serves the files does not answer.');
    await expect(studio.alert).toContainText('Start `secateur open` again');
  } finally {
    await running.close().catch(() => {});
    rmSync(folder, { recursive: true });
  }
});
