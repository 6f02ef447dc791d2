/** States of compared tensors, and how they were matched, in words. */
import type { ComparedState, ComparedTensor, Comparison, MatchedBy } from '../../tensors/comparison/comparison';

export function stateText(state: ComparedState, { before, after }: Pick<Comparison, 'before' | 'after'>): string {
  if (state === 'only before') return `only in ${before}`;
  return state === 'only after' ? `only in ${after}` : state;
}

const matches: Readonly<Record<MatchedBy, string>> = {
  name: '',
  'end of the name': 'matched by the end of its name',
  shape: 'matched by its shape',
  content: 'matched by its values',
};

/** What is to be said of a tensor beside its figures: `matched by its values; dimensions 2, 3, 1, 0 of the other`. */
export function noteOn({ by, turned, why, state, difference }: ComparedTensor): string {
  const parts = [
    by ? matches[by] : '',
    turned
      ? turned.length === 2
        ? 'transposed'
        : `its dimensions are those of the other in the order ${turned.join(', ')}`
      : '',
    why ?? '',
    state === 'changed' && !difference ? 'its bytes differ' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
