import { at } from '../../lib/known';
import { leftIn, type RunningCut } from '../cut';
import { erkCounts } from '../erk';
import { cutLowest, estimatedUnlessKnown } from '../place';
import type { Candidate } from '../resolution';
import { applied, further, type ScopeRecord } from './scope';

/** One sparsity, shared out by Erdős–Rényi-kernel densities (Evci et al. 2020). */
export const erk: ScopeRecord<'erk'> = {
  name: 'erk',
  isShared: true,
  takesPatterns: false,
  takes: 'thresholds',
  shareOut(group, { sparsity = 0 }, placing) {
    const tensors = group.map((cut) => ({ shape: shapeOfOne(cut.candidate), count: leftIn(cut) }));
    const counts = erkCounts(tensors, sparsity, placing.keep);
    const cuts = group.flatMap((cut, i): RunningCut[] => cutLowest([cut], at(counts, i), placing));
    return estimatedUnlessKnown(group, cuts);
  },
  demands: { amount: { oneOf: ['sparsity'], because: 'the scope erk shares one out' } },
  description: 'layers by Erdos-Renyi-kernel densities',
  label: 'ERK',
  help: 'Small layers keep more (ERK, Evci et al. 2020).',
  python: {
    isTogether: true,
    weights: {
      parts: ['lowest_pruning', 'erk_counts', 'left'],
      statements: ({ names, scores, shape, amount, keep, hold }) => [
        'counts = erk_counts(',
        `    [${shape} for name in ${names}],`,
        `    [int(left(layers[name]).sum()) for name in ${names}],`,
        `    sparsity=${amount},`,
        ...(keep === undefined ? [] : [`    ${keep},`]),
        ')',
        `for name, count in zip(${names}, counts):`,
        ...applied('LowestPruning', hold(scores), 'amount=count'),
      ],
    },
    groups: {
      parts: ['take_lowest_groups', 'erk_counts'],
      statements: ({ names, groups, shape, amount, keep }) => [
        `ranked = [${groups} for name in ${names}]`,
        'counts = erk_counts(',
        `    [${shape} for name in ${names}],`,
        '    [int(groups.left.sum()) for groups in ranked],',
        `    sparsity=${amount}${further(keep)},`,
        ')',
        'for groups, count in zip(ranked, counts):',
        `    take_lowest_groups([groups], count${further(keep)})`,
      ],
    },
  },
};

/** Of several layers side by side (experts) the shape of one: they have the density that it has alone. */
function shapeOfOne({ shape, axes }: Candidate): readonly number[] {
  return shape.filter((_, axis) => !axes?.copies?.includes(axis));
}
