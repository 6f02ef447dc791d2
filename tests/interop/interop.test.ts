/** Pruned files are held against the real PyTorch, safetensors and ONNX Runtime, which one Python process runs (check.py). */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Amount, emptyRecipe } from '../../src/pruning/recipe';
import { loadWasmKernels } from '../support/kernels';
import { countRealModels, pathsOfRealModels } from '../support/realFiles';
import { applyRecipe, exportPruned, type Job } from './exports';

const root = resolve(import.meta.dirname, '../..');
const python = process.env.SECATEUR_PYTHON;

/** The ONNX goldens that ONNX Runtime runs: in these, weights are in every place and form that a model can hold them in. */
const goldenModels = ['onnx', 'quantised'].flatMap((folder) => {
  const path = join(root, 'tests/golden/files', folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.onnx') && !/^(contrib|dtypes|external|odd)/.test(name))
    .map((name) => join(path, name));
});

const checkpoints = /\.(pth|pt|th|tar|ckpt|bin|jit|safetensors|onnx)$/;
const files = readdirSync(join(root, 'public/samples'))
  .map((name) => join(join(root, 'public/samples'), name))
  .filter((path) => checkpoints.test(path))
  .concat(pathsOfRealModels(checkpoints))
  .concat(goldenModels);

const amounts: readonly Amount[] = [{ sparsity: 0.5 }, { threshold: 0.02 }];

describe.skipIf(!python)('an export, read by the real libraries', () => {
  const cases = files.flatMap((path) => amounts.map((amount) => ({ path, amount, title: titleOf(path, amount) })));
  /** By title: what check.py found wrong, or why there was nothing to check. */
  const problems = new Map<string, readonly string[]>();
  let folder: string;

  beforeAll(async () => {
    const kernels = loadWasmKernels();
    folder = await mkdtemp(join(tmpdir(), 'secateur-interop-'));
    const jobs: { title: string; job: Job }[] = [];
    for (const { path, amount, title } of cases) {
      try {
        jobs.push({ title, job: await exportPruned(path, join(folder, `${jobs.length}`), amount, kernels) });
      } catch (error) {
        problems.set(title, [`not exported: ${error}`]);
      }
    }
    const reports = await check(jobs.map(({ job }) => job));
    jobs.forEach(({ title }, i) => {
      problems.set(title, reports[i]!);
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(cases)("$title: every element is PyTorch's, every other byte the original's", ({ title }) => {
    expect(problems.get(title)).toEqual([]);
  });

  async function check(jobs: readonly Job[]): Promise<string[][]> {
    const jobsPath = join(folder, 'jobs.json');
    const reportsPath = join(folder, 'reports.json');
    await writeFile(jobsPath, JSON.stringify(jobs));
    await promisify(execFile)(python!, [join(import.meta.dirname, 'check.py'), jobsPath, reportsPath]);
    return JSON.parse(await readFile(reportsPath, 'utf8'));
  }
});

describe('an export of an empty recipe', () => {
  it.each(files)('%s: is the original, byte for byte', async (path) => {
    const { bytes } = await applyRecipe(path, emptyRecipe, loadWasmKernels());
    expect(Buffer.from(bytes).equals(await readFile(path))).toBe(true);
  });
});

countRealModels(checkpoints);

function titleOf(path: string, amount: Amount): string {
  const [kind, value] = Object.entries(amount)[0]!;
  return `${relative(root, path)}, ${kind} ${value}`;
}
