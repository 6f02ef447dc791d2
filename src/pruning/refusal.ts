/** Why a rule cannot prune a tensor. */
import type { Axes } from '../tensors/axes';

/** What of a tensor decides it. */
export interface Shaped {
  readonly shape: readonly number[];
  /** Where known. */
  readonly axes?: Axes;
}

export interface Refusal {
  /** The end of a sentence. */
  readonly why: string;
  readonly advice: string;
}

export const narrow = 'Narrow the rule with tensors, exclude or kinds.';

export const severalAxes: Refusal = {
  why: 'its outputs or inputs are counted by several dimensions together',
  advice: narrow,
};

/** `no dimensions`, `3 dimensions` */
export function dimensionsOf({ shape }: Shaped): string {
  return shape.length === 0 ? 'no dimensions' : shape.length === 1 ? 'one dimension' : `${shape.length} dimensions`;
}

/** Why nothing can be said along outputs or inputs of a tensor that may well have some. */
export function unknownAxes({ shape, axes }: Shaped): Refusal | undefined {
  if (axes || shape.length < 2) return undefined;
  return {
    why: 'nothing in the file tells which of its dimensions are outputs and which inputs',
    advice: 'Set its axes by hand, or narrow the rule with tensors, exclude or kinds.',
  };
}
