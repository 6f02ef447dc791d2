/** What the figure of sparsity is of, in words: the strip and the export say the same. */
import { formatInteger } from '../../../lib/numbers';
import type { ModelOutcome } from '../../../pruning/modelOutcome';

/** Parts of the weights that are in, each 0 to 1; together with those that stay they are 1. */
export interface FigureParts {
  /** Zero already in the file. */
  readonly before: number;
  /** Become zero. */
  readonly going: number;
}

type Figure = Pick<ModelOutcome, 'weights' | 'zeros' | 'zerosBefore'>;

/** Weights that become zero. */
export function goingOf({ zeros, zerosBefore }: Pick<Figure, 'zeros' | 'zerosBefore'>): number {
  return Math.max(0, zeros - zerosBefore);
}

export function figureParts(figure: Figure): FigureParts {
  const { weights, zerosBefore } = figure;
  if (weights === 0) return { before: 0, going: 0 };
  return { before: zerosBefore / weights, going: goingOf(figure) / weights };
}

/** `12,288 of 24,576 go`, and behind it `340 were zero before` where some were. */
export function goingTexts(figure: Figure): { readonly going: string; readonly before?: string } {
  const { weights, zerosBefore } = figure;
  const going = `${formatInteger(goingOf(figure))} of ${formatInteger(weights)} go`;
  if (zerosBefore === 0) return { going };
  return { going, before: `${formatInteger(zerosBefore)} ${zerosBefore === 1 ? 'was' : 'were'} zero before` };
}

/** `108 of 747,660 weights are in pruning` */
export function scopeText(weights: number, all: number): string {
  if (weights === all && all > 0) return `all ${formatInteger(all)} weights are in pruning`;
  return `${formatInteger(weights)} of ${formatInteger(all)} weights are in pruning`;
}
