/** `python prune.py in out`, on samples and real models: every tensor is that of the studio's export, bit for bit. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Layer } from '../../src/engine/opened';
import { inputNormsFile } from '../../src/engine/page/inputNormsFile';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { initialRecipe } from '../../src/pruning/edit';
import { presets } from '../../src/pruning/presets';
import type { Recipe } from '../../src/pruning/recipe';
import type { Candidate } from '../../src/pruning/resolution';
import { mapRules } from '../../src/pruning/ruleLists';
import { pythonScript } from '../../src/reports/pythonScript';
import { inputAxisOf, kernelAxesOf, plainAxesOf } from '../../src/tensors/axes';
import { numelOf } from '../../src/tensors/tensor';
import { prunedFile } from '../support/exporting';
import { loadWasmKernels } from '../support/kernels';
import { countRealModels, pathsOfRealModels } from '../support/realFiles';
import { openPath, outcomesFor } from './deliveries';

const root = resolve(import.meta.dirname, '../..');
const python = process.env.SECATEUR_PYTHON;

const checkpoints = /\.(pth|pt|th|tar|ckpt|safetensors|onnx)$/;
const goldens = ['nested.pt', 'views.pt', 'lightning.ckpt', 'two-models.pt', 'legacy.pt', 'dtypes.pt'];
const files = readdirSync(join(root, 'public/samples'))
  .map((name) => join(join(root, 'public/samples'), name))
  .filter((path) => checkpoints.test(path))
  .concat(pathsOfRealModels(checkpoints))
  .concat(goldens.map((name) => join(root, 'tests/golden/files/pytorch', name)));

const magnitude = { criterion: 'magnitude', granularity: 'weight' } as const;
const further: Readonly<Record<string, Recipe>> = {
  random: {
    format: 'secateur-recipe',
    version: 1,
    rules: [{ ...magnitude, criterion: 'random', scope: 'layer', amount: { sparsity: 0.5 }, seed: 7 }],
  },
  'a floor under Erdős–Rényi-kernel densities': {
    format: 'secateur-recipe',
    version: 1,
    rules: [{ ...magnitude, scope: 'erk', amount: { sparsity: 0.95 }, keep: 0.05 }],
  },
  'activations by row, then filters by them': {
    format: 'secateur-recipe',
    version: 1,
    steps: [
      [{ ...magnitude, criterion: 'activation', scope: 'row', amount: { sparsity: 0.4 } }],
      [{ criterion: 'activation', granularity: { dim: 0, norm: 2 }, scope: 'layer', amount: { sparsity: 0.2 } }],
    ],
  },
  'OBS over the model, then 2:4 by it': {
    format: 'secateur-recipe',
    version: 1,
    steps: [
      [{ ...magnitude, criterion: 'obs', scope: 'global', amount: { sparsity: 0.4 } }],
      [{ criterion: 'obs', granularity: { n: 2, m: 4 }, scope: 'layer' }],
    ],
  },
  'two rounds': {
    format: 'secateur-recipe',
    version: 1,
    steps: [
      [{ ...magnitude, scope: 'global', amount: { sparsity: 0.3 } }],
      [{ criterion: 'magnitude', granularity: { dim: 0, norm: 1 }, scope: 'global', amount: { sparsity: 0.2 } }],
    ],
  },
};
const recipes = new Map<string, (candidates: readonly Candidate[]) => Recipe>([
  ...presets.map(
    (preset) =>
      [preset.title, (candidates: readonly Candidate[]) => preset.apply(initialRecipe(), candidates)] as const,
  ),
  ...Object.entries(further).map(([name, recipe]) => [name, () => recipe] as const),
]);

describe.skipIf(!python)('a script, run on a file', () => {
  const cases = [
    ...files.flatMap((path) => [...recipes.keys()].map((name) => ({ path, name, shards: 0 }))),
    ...[...recipes.keys()].map((name) => ({
      path: join(root, 'public/samples/digits-cnn.safetensors'),
      name,
      shards: 3,
    })),
  ].map((each) => ({
    ...each,
    title: `${relative(root, each.path)}${each.shards > 0 ? ` in ${each.shards} shards` : ''}, ${each.name}`,
  }));
  const problems = new Map<string, readonly string[]>();
  let folder: string;

  beforeAll(async () => {
    const kernels = loadWasmKernels();
    folder = await mkdtemp(join(tmpdir(), 'secateur-scripts-'));
    const jobs: { title: string }[] = [];
    const opened = new Map<string, Awaited<ReturnType<typeof openPath>>>();
    for (const [i, { path, name, shards, title }] of cases.entries()) {
      const source = opened.get(path) ?? (await openPath(path, kernels));
      opened.set(path, source);
      const { format, can, layers } = source.session.opened;
      try {
        const inputNorms = madeUpNorms(layers);
        source.session.setInputs('norms', inputNorms);
        const inputMoments = madeUpMoments(inputNorms, layers);
        source.session.setInputs('moments', inputMoments);
        const candidates = candidatesOf(layers, { inputNorms, inputMoments });
        const recipe = withoutUnknownInputs(recipes.get(name)!(candidates), candidates);
        const outcomes = await outcomesFor(recipe, source, inputNorms, inputMoments);
        const plain = join(folder, `${i}-plain-${basename(path)}`);
        const blob = await prunedFile(source, outcomes);
        await writeFile(plain, await bytesOf(blob));
        const script = pythonScript({ files: can.script!, recipe, candidates, layers });
        const output = join(folder, `${i}-script-${basename(path)}`);
        const at = join(folder, `${i}-prune.py`);
        const norms = new Map([...inputNorms].map(([id, each]) => [layers[id]!.name, each]));
        const moments = new Map(
          [...inputMoments].map(([id, factors]) => [layers[id]!.name, { factors, taps: tapsOf(layers[id]!) }]),
        );
        const side = inputNormsFile({ norms, moments }, basename(path));
        if (script.includes('--norms')) await writeFile(at.replace('.py', '.norms.safetensors'), await bytesOf(side));
        jobs.push(Object.assign({ title }, { script, at, original: path, plain, output, format, shards }));
      } catch (error) {
        problems.set(title, [`not exported: ${error}`]);
      }
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(jobs));
    const script = join(import.meta.dirname, 'wholeScripts.py');
    await promisify(execFile)(python!, [script, join(folder, 'jobs.json'), join(folder, 'reports.json')]);
    const reports: string[][] = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
    jobs.forEach(({ title }, i) => {
      problems.set(title, reports[i]!);
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(cases.map(({ title }) => title))('%s', (title) => {
    expect(problems.get(title)).toEqual([]);
  });
});

/** Another one for every input of every weight; of convolutions as if they had two groups, where they can have. */
function madeUpNorms(layers: readonly Layer[]): Map<number, Float32Array> {
  const weights = layers.filter((layer) => layer.prunable && layer.byDefault && plainAxesOf(layer));
  return new Map(
    weights.map((layer) => {
      const { shape, axes } = layer;
      const groups = shape.length > 2 && axes?.outputs[0] === 0 && shape[0]! % 2 === 0 ? 2 : 1;
      const inputs = groups * shape[inputAxisOf(layer)!]!;
      return [layer.id, Float32Array.from({ length: inputs }, (_, i) => 0.5 + Math.sin(i * layer.id) ** 2)];
    }),
  );
}

/** Another one for every place of the kernel, too. */
function madeUpMoments(norms: ReadonlyMap<number, Float32Array>, layers: readonly Layer[]): Map<number, Float32Array> {
  const plain = [...norms].filter(([id]) => !layers[id]!.axes?.copies);
  return new Map(
    plain.map(([id, { length }]) => {
      const columns = length * tapsOf(layers[id]!);
      return [id, Float32Array.from({ length: columns }, (_, i) => 0.5 + Math.sin(i * id + 1) ** 2)];
    }),
  );
}

function tapsOf(layer: Layer): number {
  return numelOf(kernelAxesOf(layer).map((axis) => layer.shape[axis]!));
}

/** What several dimensions count has no norms of inputs: rules that need them leave it out. */
function withoutUnknownInputs(recipe: Recipe, candidates: readonly Candidate[]): Recipe {
  const known = { activation: 'inputNorms', obs: 'inputMoments' } as const;
  return mapRules(recipe, (rule) => {
    if (rule.criterion !== 'activation' && rule.criterion !== 'obs') return rule;
    const what = known[rule.criterion];
    return { ...rule, exclude: candidates.filter((each) => !each[what]).map(({ name }) => name) };
  });
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

countRealModels(checkpoints);
