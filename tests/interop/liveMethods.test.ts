/** Every method on layers of the real models, in every dtype, beside what PyTorch makes of them at the same time (liveMethods.py). */
import { execFile } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallContext } from '../../src/engine/callContext';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { createEngine } from '../../src/engine/worker/engine';
import { openCheckpoint } from '../../src/formats/registry';
import { blobSource } from '../../src/lib/browser/blobSource';
import { parseRecipe } from '../../src/pruning/parseRecipe';
import { loadWasmKernels } from '../support/kernels';
import { oneFile } from '../support/oneFile';
import { countRealModels, pathsOfRealModels, realModels } from '../support/realFiles';

const python = process.env.SECATEUR_PYTHON;
const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

const half = { sparsity: 0.5 };
const rule = (criterion: string, granularity: unknown, scope: string, amount?: object, more: object = {}) => ({
  criterion,
  granularity,
  scope,
  ...(amount && { amount }),
  ...more,
});
const norms = [1, 2, 'inf', '-inf', 3].flatMap((norm) => [0, 1, -1].map((dim) => ({ dim, norm })));
const steps: readonly object[][] = [
  [rule('magnitude', 'weight', 'layer', half)],
  [rule('magnitude', 'weight', 'global', { sparsity: 0.8 })],
  [rule('magnitude', 'weight', 'layer', half)],
  [rule('signed', 'weight', 'layer', { sparsity: 0.3 })],
  [rule('random', 'weight', 'global', half, { seed: 11 })],
  [rule('magnitude_increase', 'weight', 'layer', half)],
  ...norms.map((norm) => [rule('magnitude', norm, 'layer', { sparsity: 0.25 })]),
  [rule('random', { dim: 0, norm: 2 }, 'layer', half, { seed: 3 })],
  [rule('magnitude', { block: [4, 4] }, 'layer', half)],
  [rule('magnitude', { n: 2, m: 4 }, 'layer')],
  [rule('magnitude', 'weight', 'row', half)],
  [rule('magnitude', 'weight', 'erk', { sparsity: 0.8 })],
  [rule('magnitude', 'weight', 'lamp', { sparsity: 0.8 })],
  [rule('magnitude', 'weight', 'layer', { sigma: 1 })],
];
const recipes: readonly object[] = [
  ...steps.map((rules) => ({ format: 'secateur-recipe', version: 1, rules })),
  {
    format: 'secateur-recipe',
    version: 1,
    steps: [
      [rule('magnitude', { dim: 0, norm: 2 }, 'layer', { sparsity: 0.25 })],
      [rule('magnitude', 'weight', 'layer', half)],
    ],
  },
];

interface Cast {
  readonly path: string;
  readonly dtype: string;
  readonly now: string;
  readonly earlier: string;
}

const dtypes = ['F64', 'F32', 'F16', 'BF16'];
const checkpoints = /\.(pth|pt|th|tar|ckpt|safetensors)$/;
const models = pathsOfRealModels(checkpoints);

describe.skipIf(!python || models.length === 0)(`methods on layers of the models in ${realModels}`, () => {
  /** By file and dtype: recipes whose export is not what PyTorch makes, and why. */
  const problems = new Map<string, string[]>();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-methods-'));
    const paths = await Promise.all(models.map(async (path) => ({ path, format: await formatOf(path) })));
    await writeFile(join(folder, 'paths.json'), JSON.stringify(paths));
    await run('cast', join(folder, 'paths.json'), folder);
    const casts: Cast[] = JSON.parse(await readFile(join(folder, 'casts.json'), 'utf8'));
    const jobs: { title: string; job: object }[] = [];
    for (const cast of casts) {
      const title = `${basename(cast.path)} ${cast.dtype}`;
      problems.set(title, []);
      for (const [i, recipe] of recipes.entries()) {
        try {
          const written = join(folder, `${jobs.length}.safetensors`);
          jobs.push({
            title,
            job: { ...cast, recipe, export: written, decided: await exported(cast, recipe, written) },
          });
        } catch (error) {
          problems.get(title)!.push(`${JSON.stringify(recipes[i])}: ${error}`);
        }
      }
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(jobs.map(({ job }) => job)));
    await run('check', join(folder, 'jobs.json'), join(folder, 'reports.json'));
    const reports: string[][] = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
    jobs.forEach(({ title, job }, i) => {
      const { recipe } = job as { recipe: unknown };
      problems.get(title)!.push(...reports[i]!.map((problem) => `${JSON.stringify(recipe)}: ${problem}`));
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.for(models.flatMap((path) => dtypes.map((dtype) => `${basename(path)} ${dtype}`)))(
    "%s: the masks are PyTorch's",
    (title, { skip }) => {
      skip(!problems.has(title), 'no layer that is neither too large nor too small');
      expect(problems.get(title)).toEqual([]);
    },
  );

  function run(...args: string[]) {
    return promisify(execFile)(python!, [join(import.meta.dirname, 'liveMethods.py'), ...args]);
  }
});

async function formatOf(path: string): Promise<string> {
  return (await openCheckpoint(...oneFile(blobSource(await openAsBlob(path)), basename(path)))).format;
}

/** Writes the export. @returns how many weights went of each tensor that the recipe decides for */
async function exported(cast: Cast, recipe: object, target: string): Promise<Record<string, number>> {
  const engine = createEngine(loadWasmKernels());
  const fileOf = async (path: string) => new File([await openAsBlob(path)], basename(path));
  const opened = await engine.open({ files: [await fileOf(cast.now)] }, context);
  const { matched } = await engine.openReference({ files: [await fileOf(cast.earlier)] }, context);
  const candidates = candidatesOf(opened.layers, { references: new Set(matched) });
  const { outcomes } = await settle(parseRecipe(recipe), candidates, new AnswerCache(), (requests) =>
    engine.lookUp({ requests }, context),
  );
  const report = await engine.export({ outcomes }, context);
  await writeFile(target, new Uint8Array(await report.files[0]!.file!.arrayBuffer()));
  return Object.fromEntries([...outcomes].map(([id, { pruned }]) => [opened.layers[id]!.name, pruned]));
}

countRealModels(checkpoints);
