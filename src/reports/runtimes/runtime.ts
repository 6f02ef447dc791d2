/** What a record says of a runtime: which zeros it skips, in words and as a rule, and how it is told to. */

import { at } from '../../lib/known';
import { inputAxisOf, kernelAxesOf } from '../../tensors/axes';
import type { Capabilities } from '../../tensors/capabilities';
import { sizeAlong } from '../../tensors/tensor';
import type { Work } from './work';

export interface RuntimeRecord {
  /** In JSON reports. */
  readonly key: string;
  readonly name: string;
  /** What it needs, and what it reads: words that follow its name. */
  readonly needs: string;
  readonly file: string;
  /** The share of a layer's work that it skips zeros of, 0 to 1; or why none of it, in words that follow `34 % of the work`. */
  judge(work: Work): number | string;
  /** What to type, or to call, and the language it is in; absent where nothing helps. */
  command?(file: PrunedFile): Command;
}

export interface Command {
  readonly language: 'shell' | 'Python';
  readonly text: string;
}

/** What is given to the runtime. */
export interface PrunedFile {
  readonly name: string;
  readonly can: Pick<Capabilities, 'graph' | 'script' | 'needsTrust'>;
}

/** Whether of every `m` neighbours along the inputs at most `n` are left: other patterns may imply it. */
export function keepsNofM(work: Work, n: number, m: number): boolean {
  const axis = inputAxisOf(work);
  if (axis === undefined || (work.shape[axis] ?? 0) % m !== 0) return false;
  if (work.zeros === work.weights) return true;
  return work.patterns.some((pattern) => {
    if (pattern.axis !== axis) return false;
    if (pattern.m % m === 0) return pattern.n <= n;
    return m % pattern.m === 0 && pattern.n * (m / pattern.m) <= n;
  });
}

export function sparsityOfWork({ zeros, weights }: Work): number {
  return weights === 0 ? 0 : zeros / weights;
}

/** Outputs and inputs; undefined where they are not known. */
export function sidesOf({ shape, axes }: Work): { readonly outputs: number; readonly inputs: number } | undefined {
  return axes && { outputs: sizeAlong(shape, axes.outputs), inputs: sizeAlong(shape, axes.inputs) };
}

/** Each filter looks at one place at a time. */
export function isPointwise(work: Work): boolean {
  return work.kind === 'conv' && kernelAxesOf(work).every((axis) => at(work.shape, axis) === 1);
}
