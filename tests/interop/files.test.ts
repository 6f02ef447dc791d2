/** Files of other libraries, pruned and exported, are read by those libraries (files.py): skipped where they are not installed. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadWasmKernels } from '../support/kernels';
import { pathsOfRealModels } from '../support/realFiles';
import { exportPruned } from './exports';

const python = process.env.SECATEUR_PYTHON;
const golden = resolve(import.meta.dirname, '../golden/files');

interface Library {
  readonly module: string;
  /** Golden files and real ones; an export that prunes nothing by default is no case. */
  readonly files: readonly string[];
}

const goldens = (folder: string, ...names: string[]) => names.map((name) => join(golden, folder, name));

const libraries: readonly Library[] = [
  { module: 'gguf', files: goldens('gguf', 'llama.gguf', 'types.gguf') },
  {
    module: 'keras',
    files: [
      ...goldens('keras', 'net.keras', 'net.h5', 'net.weights.h5', 'bf16.weights.h5'),
      ...pathsOfRealModels(/\.(keras|hdf5)$/),
    ],
  },
  {
    module: 'tensorflow',
    files: [
      ...goldens('tflite', 'float.tflite', 'int8.tflite', 'dynamic.tflite', 'half.tflite', 'outside.tflite'),
      ...pathsOfRealModels(/\.tflite$/),
    ],
  },
];

function isInstalled(module: string): boolean {
  if (!python) return false;
  const find = `from importlib.util import find_spec; exit(find_spec("${module}") is None)`;
  return spawnSync(python, ['-c', find]).status === 0;
}

/** What the library finds in an export, held against the original by files.py. */
interface Finding {
  readonly zeros: number;
  readonly problems: readonly string[];
}

describe.each(libraries)('$module', ({ module, files }) => {
  const there = isInstalled(module);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-files-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.skipIf(!there).each(files)(
    'reads the export of %s: pruned by magnitude over all layers, and else the same',
    async (path) => {
      expect(existsSync(path)).toBe(true);
      const exported = join(folder, basename(path));
      await mkdir(folder, { recursive: true });
      const job = await exportPruned(path, exported, { sparsity: 0.5 }, loadWasmKernels());
      expect(job.pruned.length).toBeGreaterThan(0);
      expect(readFileSync(exported).length).toBe(readFileSync(path).length);
      const described = join(folder, 'job.json');
      await writeFile(described, JSON.stringify({ ...job, library: module }));
      const { stdout } = await promisify(execFile)(python!, [join(import.meta.dirname, 'files.py'), described]);
      const { zeros, problems } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Finding;
      expect(problems).toEqual([]);
      expect(zeros).toBe(job.zeros);
    },
  );
});
