/** What differs from tensor to tensor, as expressions of the script. */
import { at } from '../../lib/known';
import type { Candidate } from '../../pruning/resolution';
import { inputAxisOf, rowAxesOf } from '../../tensors/axes';
import { pythonDict, pythonString } from './literals';

export interface Expression {
  readonly value: string;
  /** A line that has to stand before: where it is not the same for all, it is looked up there. */
  readonly constant?: string;
}

export interface ByTensor {
  /** The dimension that counts outputs, and the one that counts inputs. */
  readonly outputs: Expression;
  readonly inputs: Expression;
  /** The axes whose indices together are a row. */
  readonly rows: Expression;
  /** The shape of `layers[name]`; where it is several layers side by side, that of one. */
  readonly shape: Expression;
}

interface Decided {
  readonly candidates: readonly Candidate[];
  readonly number: number;
}

export function byTensorOf(decided: Decided): ByTensor {
  return {
    outputs: lookedUp(decided, 'OUTPUTS', ({ axes }) => String(axes?.outputs[0])),
    inputs: lookedUp(decided, 'INPUTS', (candidate) => String(inputAxisOf(candidate))),
    rows: lookedUp(decided, 'ROWS', (candidate) => listText(rowAxesOf(candidate))),
    shape: shapeOf(decided),
  };
}

function shapeOf(decided: Decided): Expression {
  if (!decided.candidates.some(({ axes }) => axes?.copies)) return { value: 'layers[name].weight.shape' };
  const copies = lookedUp(decided, 'COPIES', ({ axes }) => listText(axes?.copies));
  const sizes = 'zip(layers[name].axes, layers[name].weight.shape)';
  return { ...copies, value: `[size for axis, size in ${sizes} if axis not in ${copies.value}]` };
}

function lookedUp(
  { candidates, number }: Decided,
  constant: string,
  expression: (candidate: Candidate) => string,
): Expression {
  const values = candidates.map(expression);
  if (new Set(values).size === 1) return { value: at(values, 0) };
  const entries = candidates.map(({ name }, i): [string, string] => [pythonString(name), at(values, i)]);
  const called = `${constant}_${number}`;
  return { value: `${called}[name]`, constant: `${called} = ${pythonDict(entries)}` };
}

function listText(axes: readonly number[] = []): string {
  return `[${axes.join(', ')}]`;
}
