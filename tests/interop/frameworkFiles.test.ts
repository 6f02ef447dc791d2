/** Checkpoints of other frameworks, of one file or several, pruned and exported, are read by their own libraries (files.py). */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { createEngine } from '../../src/engine/worker/engine';
import { loadWasmKernels } from '../support/kernels';
import { context, globalRecipe } from '../unit/evaluation/support';
import { fullNameIn } from './exports';

const python = process.env.SECATEUR_PYTHON;
const golden = resolve(import.meta.dirname, '../golden/files');
const inFolder = (folder: string, pattern: RegExp) =>
  readdirSync(join(golden, folder))
    .filter((name) => pattern.test(name))
    .map((name) => join(golden, folder, name));

interface Library {
  readonly format: string;
  /** That the reader in files.py imports. */
  readonly module: string;
  /** Of each the file that it is called by. */
  readonly files: readonly string[];
}

const libraries: readonly Library[] = [
  {
    format: 'TensorFlow checkpoint',
    module: 'tensorflow',
    files: ['keras', 'sharded', 'v1'].flatMap((name) => inFolder(`tensorflow/${name}`, /\.index$/)),
  },
  { format: 'Flax', module: 'flax', files: inFolder('flax', /\.msgpack$/) },
  // Its arrays of bf16 are of the package ml_dtypes.
  { format: 'pickled NumPy arrays', module: 'ml_dtypes', files: inFolder('pickled', /(?<!text)\.(pkl|pdparams)$/) },
  { format: 'PyTorch export', module: 'torch', files: inFolder('exported', /\.pt2$/) },
  { format: 'OpenVINO', module: 'numpy', files: inFolder('openvino', /\.xml$/) },
];

function isInstalled(module: string): boolean {
  if (!python) return false;
  const find = `from importlib.util import find_spec; exit(find_spec("${module}") is None)`;
  return spawnSync(python, ['-c', find]).status === 0;
}

/** All files beside the one it is called by that have its stem. */
function filesOf(path: string): string[] {
  const stem = path.slice(0, path.lastIndexOf('.') + 1);
  return readdirSync(resolve(path, '..'))
    .map((name) => join(resolve(path, '..'), name))
    .filter((name) => name.startsWith(stem));
}

describe.each(libraries)('$format', ({ format, module, files }) => {
  it.skipIf(!isInstalled(module)).each(files)(
    'is read after half of its weights went, and is else the same: %s',
    async (path) => {
      const folder = await mkdtemp(join(tmpdir(), 'secateur-framework-'));
      try {
        const given = filesOf(path);
        for (const each of given) await copyFile(each, join(folder, basename(each)));
        const engine = createEngine(loadWasmKernels());
        const opened = await engine.open(
          { files: given.map((each) => new File([readFileSync(each)], basename(each))) },
          context,
        );
        expect(opened.format).toBe(format);
        const recipe = globalRecipe({ sparsity: 0.5 });
        const { outcomes } = await settle(recipe, candidatesOf(opened.layers), new AnswerCache(), (requests) =>
          engine.lookUp({ requests }, context),
        );
        const report = await engine.export({ outcomes }, context);
        const isOne = given.length === 1;
        for (const { name, file } of report.files) {
          await writeFile(join(folder, isOne ? basename(path) : name), new Uint8Array(await file!.arrayBuffer()));
        }
        const fullName = fullNameIn(opened.layers);
        // What the library has as one variable is one there; names of one place all change.
        const pruned = opened.layers
          .filter(({ id, sameAs }) => outcomes.has(id) || (sameAs !== undefined && outcomes.has(sameAs)))
          .map((layer) => fullName(layer).replace(/ \(\d+\)$/, ''));
        const described = join(folder, 'job.json');
        const job = { library: format, original: path, export: join(folder, basename(path)), pruned };
        await writeFile(described, JSON.stringify(job));
        const { stdout } = await promisify(execFile)(python!, [join(import.meta.dirname, 'files.py'), described]);
        const { zeros, problems } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
          zeros: number;
          problems: readonly string[];
        };
        expect(problems).toEqual([]);
        expect(zeros).toBeGreaterThanOrEqual(report.zeros);
        expect(report.zeros).toBeGreaterThan(0);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
