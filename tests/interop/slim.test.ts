/** Models made smaller, run by ONNX Runtime itself and beside a PyTorch module that was built smaller by the same plan (slim.py). */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointPlan } from '../../src/evaluation/slim/checkpointPlan';
import { permutableSets, permutationPlan } from '../../src/graph/slim/permutation';
import { defaultRounding } from '../../src/graph/slim/plan';
import { formatPlan } from '../../src/graph/slim/planFile';
import { slimModel } from '../../src/graph/slim/slice';
import type { Unit, Units } from '../../src/graph/slim/units';
import { found } from '../../src/lib/known';
import { formatCheckpointPlan } from '../../src/pruning/checkpointPlan';
import { slimGraphScript, slimModuleScript, slimPlanName, slimScriptName } from '../../src/reports/slimScripts';
import { realModels } from '../support/realFiles';
import { analyse, analyseFile, bytesOf, slimmed, someUnits } from '../support/slim';
import { planWithConstants, withZeroFilters } from '../support/slimConstants';
import { context, fileOf, openStudio, samples } from '../unit/evaluation/support';

const python = process.env.SECATEUR_PYTHON;
const checkpoint = join(realModels, 'resnet20-cifar10.th');

const sample = (extension: string) => join(samples, `digits-cnn.${extension}`);
const goldens = resolve(import.meta.dirname, '../golden/files/slim');

/** Units whose channels one tensor gives and one takes: nothing of a module's code counts them. */
function within({ units }: Units): Unit[] {
  return units.filter(({ removes }) => removes.filter(({ role }) => role === 'consumes').length === 1);
}

describe.skipIf(!python)('a smaller model', () => {
  let folder: string;
  const run = async (...words: readonly string[]) => {
    const script = resolve(import.meta.dirname, 'slim.py');
    return (await promisify(execFile)(python!, [script, ...words])).stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-slim-'));
    await run('export', folder, ...(existsSync(checkpoint) ? [checkpoint] : []));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('of ResNet-20 computes the same in ONNX Runtime, and as the same module of PyTorch with fewer channels', async () => {
    for (const name of ['resnet20-norms', 'resnet20-folded']) {
      const analysed = await analyseFile(join(folder, `${name}.onnx`));
      // Channels of a stage are padded by its shortcut, which is code.
      const inner = { ...analysed.units, units: within(analysed.units) };
      const of = name === 'resnet20-norms' ? inner : analysed.units;
      const { plan, gone, smaller, zeroed } = await slimmed(analysed, someUnits(of, 0.5, 1), defaultRounding);
      expect(gone.length).toBeGreaterThan(50);
      await writeFile(join(folder, `${name}-slim.onnx`), smaller);
      await writeFile(join(folder, `${name}-zeroed.onnx`), zeroed);
      const sets = permutableSets(analysed.walk, analysed.units.units, 4);
      const turned = new Map(sets.map(({ group, units: own }) => [group, Int32Array.from(own.keys()).reverse()]));
      const permuted = await slimModel(analysed.open, permutationPlan(analysed.walk, sets, turned));
      await writeFile(join(folder, `${name}-permuted.onnx`), await bytesOf(permuted));
      if (of === inner) await writeFile(join(folder, `${name}-slim-plan.json`), formatPlan(plan));
    }
    expect(await run('check', folder)).toBe('');
  });

  it('is loaded strictly by the module of PyTorch, which the script made as small, and computes the same', async () => {
    const trained = existsSync(checkpoint) ? checkpoint : join(folder, 'resnet20-norms.pt');
    const cases = [
      ['resnet20', trained, join(folder, 'resnet20-norms.onnx')],
      ['resnet20', trained, join(folder, 'resnet20-folded.onnx')],
      ['resnet20', join(folder, 'resnet20-norms.safetensors'), join(folder, 'resnet20-folded.onnx')],
      ['digits', sample('pth'), sample('onnx')],
      ['digits', sample('safetensors'), sample('onnx')],
    ] as const;
    const jobs: string[] = [];
    for (const [i, [model, checkpointPath, graph]] of cases.entries()) {
      const own = join(folder, `module-${i}`);
      await mkdir(own);
      jobs.push(own);
      const analysed = await analyseFile(graph);
      const inner = { ...analysed.units, units: within(analysed.units) };
      const { plan, smaller } = await slimmed(analysed, someUnits(inner, 0.5, i), defaultRounding);
      const { engine, evaluation, tensors, opened, close } = await openStudio(fileOf(checkpointPath), 'inputs');
      const files = [fileOf(graph)];
      const { pairing } = await evaluation.openGraph({ files, isCheckpoint: false, tensors }, context);
      const planned = checkpointPlan({ plan, graph: analysed.open.model.main, pairing, tensors });
      if ('refused' in planned) throw new Error(planned.refused);
      const slim = await engine.exportSlim({ plan: planned, outcomes: new Map() }, context);
      close();
      expect(slim.name).toMatch(/-slim\.(th|pt|pth|safetensors)$/);
      expect(slim.size).toBeLessThan(0.9 * opened.size);
      await writeFile(join(own, slim.name), new Uint8Array(await slim.file.arrayBuffer()));
      await writeFile(join(own, slimPlanName), formatCheckpointPlan(planned));
      await writeFile(
        join(own, slimScriptName),
        slimModuleScript(slim.name, found(opened.can.stateDict, 'a state dict')),
      );
      await writeFile(join(own, `${model}.onnx`), smaller);
    }
    expect(await run('modules', ...jobs)).toBe('');
  });

  it('is made of the ONNX file by the script, too, the same in every node and every byte of its weights', async () => {
    const models = [
      ...readdirSync(goldens).flatMap((name) => (name.endsWith('.onnx') ? [join(goldens, name)] : [])),
      sample('onnx'),
      join(folder, 'resnet20-folded.onnx'),
    ];
    await writeFile(join(folder, slimScriptName), slimGraphScript());
    const stems: string[] = [];
    for (const path of models) {
      const analysed = await analyseFile(path);
      const { plan, smaller } = await slimmed(analysed, someUnits(analysed.units, 0.5, 3), defaultRounding);
      const stem = join(folder, `script-${basename(path, '.onnx')}`);
      stems.push(stem);
      await copyFile(path, `${stem}.onnx`);
      await writeFile(`${stem}-ours.onnx`, smaller);
      await writeFile(`${stem}-plan.json`, formatPlan(plan));
    }
    const analysed = await analyseFile(join(goldens, 'mobile.onnx'));
    const bytes = await withZeroFilters(analysed, someUnits(analysed.units, 0.4, 5));
    const masked = await analyse([{ name: 'masked.onnx', bytes }]);
    const plan = await planWithConstants(masked, bytes);
    const stem = join(folder, 'script-constants');
    await writeFile(`${stem}.onnx`, bytes);
    await writeFile(`${stem}-ours.onnx`, await bytesOf(await slimModel(masked.open, plan)));
    await writeFile(`${stem}-plan.json`, formatPlan(plan));
    expect(plan.constants).not.toHaveLength(0);
    expect(await run('scripts', join(folder, slimScriptName), ...stems, stem)).toBe('');
  });
});
