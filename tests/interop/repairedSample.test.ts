/** The sample at 97 %, repaired: what the exported files read of the test digits in the real libraries is what was measured here. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Repair, repairedOutcomes } from '../../src/pruning/repair';
import { context, fileOf, globalRecipe, openStudio, samples } from '../unit/evaluation/support';

const python = process.env.SECATEUR_PYTHON;
const files = ['digits-cnn.onnx', 'digits-cnn.pth', 'digits-cnn.safetensors'];

describe.skipIf(!python)('a repaired file of the sample', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-repaired-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reads as many digits in ONNX Runtime and in PyTorch as in the studio', async () => {
    const measured: { file: string; pruned: number; repaired: number }[] = [];
    const models: string[] = [];
    for (const name of files) {
      const studio = await openStudio(fileOf(join(samples, name)), 'inputs');
      const { evaluation, engine, tensors } = studio;
      const graph = [fileOf(join(samples, 'digits-cnn.onnx'))];
      await evaluation.openGraph({ files: graph, isCheckpoint: name.endsWith('.onnx'), tensors }, context);
      const inputs = (set: string) => ({ kind: 'arrays', files: [fileOf(join(samples, set))] }) as const;
      await evaluation.setInputs({ source: inputs('digits-test.npz') }, context);
      const source = { kind: 'own', source: inputs('digits-calibration.npz') } as const;
      await evaluation.setCalibration({ source }, context);
      const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.97 }));
      const request = { outcomes, settings: { damping: 0.01 }, id: 'r', of: '0'.repeat(64) };
      const repair = (await evaluation.repair(request, context)) as Repair;
      const repaired = repairedOutcomes(outcomes, repair);
      const [before, after] = [
        await evaluation.evaluate({ outcomes }, context),
        await evaluation.evaluate({ outcomes: repaired }, context),
      ];
      measured.push({ file: name, pruned: before.accuracy!, repaired: after.accuracy! });
      for (const [kind, of] of [['pruned', outcomes] as const, ['repaired', repaired] as const]) {
        const report = await engine.export({ outcomes: of }, context);
        const path = join(folder, `${kind}-${name}`);
        await writeFile(path, new Uint8Array(await report.files[0]!.file!.arrayBuffer()));
        models.push(path);
      }
      studio.close();
    }
    await writeFile(
      join(folder, 'question.json'),
      JSON.stringify({ models, testSet: join(samples, 'digits-test.npz') }),
    );
    const script = join(import.meta.dirname, 'repaired_sample.py');
    await promisify(execFile)(python!, [script, join(folder, 'question.json'), join(folder, 'answer.json')]);
    const accuracies: number[] = JSON.parse(await readFile(join(folder, 'answer.json'), 'utf8'));
    measured.forEach(({ file, pruned, repaired }, i) => {
      expect([file, repaired > 0.983, pruned < 0.75]).toEqual([file, true, true]);
      expect(accuracies[2 * i]).toBeCloseTo(pruned, 9);
      expect(accuracies[2 * i + 1]).toBeCloseTo(repaired, 9);
    });
  });
});
