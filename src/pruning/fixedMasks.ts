/** Masks without a threshold: n:m patterns, the lowest of every row, and channels. */
import { CheckpointError } from '../lib/errors';
import { at, found } from '../lib/known';
import { rowAxesOf } from '../tensors/axes';
import { finiteCount } from '../tensors/statistics';
import { numelOf, sizeAlong } from '../tensors/tensor';
import { type SlicesMask, takenBySlices } from './channels';
import { factsOf } from './criteria/criteria';
import { type Chosen, type Cut, close, masked } from './cut';
import { granularityOf } from './granularities/granularities';
import type { Rule } from './recipe';
import type { OwnMask } from './resolution';
import { countForFraction } from './round';
import { scoreFor } from './scoring';

/** @param path of the rule, for errors */
export function cutByPattern(cut: Cut, rule: Rule, path: string): Cut {
  const closed = close(cut);
  const { candidate } = closed;
  const { shape } = candidate;
  const score = scoreFor(rule, candidate, path);
  const record = granularityOf(rule.granularity);
  const pattern = record.takes === 'patterns' && record.patternIn(rule.granularity, candidate);
  if (!pattern || 'why' in pattern) return closed;
  const { n, m, axis } = pattern;
  const size = at(shape, axis);
  if (size === 0) return closed;
  // None where the axis is shorter than a strip: the mask stays, to tell why nothing goes.
  const strips = Math.floor(size / m) * (numelOf(shape) / size);
  const mask: OwnMask = { kind: 'pattern', score, n, m, axis };
  return masked(closed, mask, takenBy(mask, closed, strips * (m - n)));
}

/** After whatever its own rule takes. */
export function cutBySlices(cut: Cut, mask: SlicesMask): Cut {
  const closed = close(cut);
  const { before, chosen, candidate } = closed;
  const left = 1 - chosen.weights / Math.max(1, numelOf(candidate.shape));
  const weights = Math.round(takenBySlices(mask, candidate.shape) * left);
  return masked(closed, mask, { weights, isKnown: before.length === 0 });
}

/** @param path of the rule, for errors */
export function cutByRows(cut: Cut, rule: Rule, path: string): Cut {
  const { candidate } = cut;
  const { name, shape } = candidate;
  const refuse = (code: 'invalid-recipe' | 'unsupported-feature', why: string) =>
    new CheckpointError(code, `${path} cannot prune ${name} row by row: ${why}.`, { tensor: name, record: path });
  const score = scoreFor(rule, candidate, path);
  const closed = close(cut);
  // What an earlier step takes may turn out to be nothing.
  if (!closed.isSettled) return closed;
  const axes = found(rowAxesOf(candidate), 'rows');
  const rows = sizeAlong(shape, axes);
  const length = rows === 0 ? 0 : numelOf(shape) / rows;
  let left = length;
  for (const mask of closed.before) {
    // What is fitted anew stays where the masks before left something.
    if (mask.kind === 'values') continue;
    if (mask.kind !== 'rows' || mask.axes.join() !== axes.join()) {
      throw refuse(
        'unsupported-feature',
        'an earlier step left its rows uneven, and an amount would mean another number in each',
      );
    }
    left = Math.max(0, left - mask.count);
  }
  const count = Math.min(countOf(rule, left, refuse), left - Math.ceil((rule.keep ?? 0) * length));
  if (count <= 0) return closed;
  const mask: OwnMask = { kind: 'rows', score, axes, count };
  return masked(closed, mask, takenBy(mask, closed, rows * count));
}

function countOf(
  { amount = { count: 0 } }: Rule,
  left: number,
  refuse: (code: 'invalid-recipe', why: string) => CheckpointError,
): number {
  if ('sparsity' in amount) return countForFraction(amount.sparsity, left);
  const count = 'count' in amount ? amount.count : 0;
  if (count > left) throw refuse('invalid-recipe', `it asks for ${count} of each row, which has only ${left}`);
  return count;
}

/** What a mask takes is known by the shape where nothing went before it, and nothing has to stay. */
function takenBy({ score }: OwnMask, { before, chosen, candidate }: Cut, weights: number): Chosen {
  const { shape, statistics } = candidate;
  const left = 1 - chosen.weights / Math.max(1, numelOf(shape));
  const staysWhole = finiteCount(statistics) === statistics.count && factsOf(score.criterion).isFinite;
  return { weights: Math.round(weights * left), isKnown: before.length === 0 && staysWhole };
}
