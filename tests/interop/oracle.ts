/** What architectures.py says about the files it wrote. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Axes } from '../../src/tensors/axes';

/** One weight that is in by default. */
export interface OracleWeight {
  /** Every full name that it has in the file; the file may hold only some of them. */
  readonly names: readonly string[];
  readonly shape: readonly number[];
  readonly axes: Axes;
  /** SHA-256 of its elements after 50 % over all of them. Absent where a container folds. */
  readonly pruned?: string;
}

export interface SavedFile {
  readonly architecture: string;
  readonly library: string;
  readonly container: Container;
  /** In the oracle's folder. */
  readonly file: string;
  readonly weights: readonly OracleWeight[];
  /** Full names of tensors with a content that the model does not have: folded, or computed by the exporter. */
  readonly unjudged?: readonly string[];
  /** Keys of weights that the file holds under no name, folded or cut up. */
  readonly lost?: readonly string[];
}

export interface Refusal extends Pick<SavedFile, 'architecture' | 'library' | 'container'> {
  readonly file: null;
  readonly refused: string;
}

/** The columns of the table. */
export const containers = [
  'state dict',
  'nested',
  'module',
  'scripted',
  'traced',
  'frozen',
  'safetensors',
  'ONNX',
  'ONNX dynamo',
] as const;

/** Modules with the code of their class, in both of PyTorch's containers. */
export const byValue = ['cloudpickle', 'cloudpickle legacy', 'dill', 'dill legacy'] as const;

export type Container = (typeof containers | typeof byValue)[number];

/** @param args of architectures.py, behind the folder */
export async function makeArchitectures(
  python: string,
  folder: string,
  args: readonly string[],
): Promise<(SavedFile | Refusal)[]> {
  const script = join(import.meta.dirname, 'architectures.py');
  await promisify(execFile)(python, [script, folder, ...args], { maxBuffer: 2 ** 28 });
  return JSON.parse(await readFile(join(folder, 'oracle.json'), 'utf8'));
}
