/** Exports beside the pruned file itself, read by the real libraries (deliveries.py) and by onnxruntime-web. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recipe, Rule } from '../../src/pruning/recipe';
import { loadWasmKernels } from '../support/kernels';
import { countRealModels, pathsOfRealModels } from '../support/realFiles';
import { type Delivery, deliver } from './deliveries';

const root = resolve(import.meta.dirname, '../..');
const goldens = join(root, 'tests/golden/files/pytorch');
const python = process.env.SECATEUR_PYTHON;

const checkpoints = /\.(pth|pt|th|tar|ckpt|jit|safetensors|onnx)$/;
/** Goldens whose state dicts are nested, shared, strided or big-endian. */
const odd = [
  'nested.pt',
  'views.pt',
  'lightning.ckpt',
  'two-models.pt',
  'legacy.pt',
  'no-crc.pt',
  'module-tied.pt',
  ...readdirSync(goldens).filter((name) => /^shared-.*\.pt$/.test(name)),
];
const files = readdirSync(join(root, 'public/samples'))
  .map((name) => join(join(root, 'public/samples'), name))
  .filter((path) => checkpoints.test(path))
  .concat(pathsOfRealModels(checkpoints))
  .concat(odd.map((name) => join(goldens, name)));

const rules: Readonly<Record<string, Rule>> = {
  'weights globally': {
    criterion: 'magnitude',
    granularity: 'weight',
    scope: 'global',
    amount: { sparsity: 0.8 },
  },
  'filters of each layer': {
    criterion: 'magnitude',
    granularity: { dim: 0, norm: 2 },
    scope: 'layer',
    amount: { sparsity: 0.25 },
  },
};

describe.skipIf(!python)('deliveries', () => {
  const cases = files.flatMap((path) =>
    Object.entries(rules).map(([name, rule]) => ({ path, rule, title: `${relative(root, path)}, ${name}` })),
  );
  const problems = new Map<string, readonly string[]>();
  const delivered = new Map<string, Delivery>();
  let folder: string;

  beforeAll(async () => {
    const kernels = loadWasmKernels();
    folder = await mkdtemp(join(tmpdir(), 'secateur-deliveries-'));
    for (const [i, { path, rule, title }] of cases.entries()) {
      const recipe: Recipe = { format: 'secateur-recipe', version: 1, rules: [rule] };
      try {
        delivered.set(title, await deliver(path, recipe, join(folder, String(i)), kernels));
      } catch (error) {
        problems.set(title, [`not exported: ${error}`]);
      }
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify([...delivered.values()]));
    const script = join(import.meta.dirname, 'deliveries.py');
    await promisify(execFile)(python!, [script, join(folder, 'jobs.json'), join(folder, 'reports.json')]);
    const reports: string[][] = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
    [...delivered.keys()].forEach((title, i) => {
      problems.set(title, reports[i]!);
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(cases.map(({ title }) => title))('%s', (title) => {
    expect(problems.get(title)).toEqual([]);
  });

  it('a sparse model gives in onnxruntime-web what the dense one gives', async () => {
    const sparse = [...delivered.values()].filter(({ files }) => files['sparse-onnx']);
    expect(sparse.length).toBeGreaterThan(0);
    for (const { plain, files } of sparse) {
      expect(await outputsOf(files['sparse-onnx']!)).toEqual(await outputsOf(plain));
    }
  }, 120_000);
});

async function outputsOf(path: string): Promise<unknown[]> {
  const session = await InferenceSession.create(new Uint8Array(readFileSync(path)), { logSeverityLevel: 4 });
  const feeds = session.inputMetadata.map((input) => {
    if (!input.isTensor) throw new Error(`${input.name} is no tensor`);
    const shape = input.shape.map((size) => (typeof size === 'number' ? size : 1));
    const values = Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, i) => Math.sin(i));
    return [input.name, new Tensor('float32', values, shape)] as const;
  });
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.values(outputs).map(({ data }) => data);
}

countRealModels(checkpoints);
