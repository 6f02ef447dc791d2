import type { CriterionRecord } from './criterion';

/** |w| over the root mean square of its output's weights: what a factor of the output, as of a folded batch norm, does not change. */
export const relativeMagnitude: CriterionRecord<'relativeMagnitude'> = {
  name: 'relativeMagnitude',
  written: { criterion: 'magnitude', relative: 'output' },
  arithmetic: { kind: 'relative' },
  symbol: '|w| / rms',
  title: '|w| / rms of the output',
  chip: '/ rms',
  label: 'magnitude, relative to its output',
  help: '|w| over the root mean square of its output’s weights: where batch norm is folded into them.',
  description: 'magnitude relative to the output',
  groups: {
    symbol: (norm) => `${norm} of |w| / rms`,
    title: (norm) => `${norm} norms of |w| / rms`,
  },
  python: {
    parts: ['relative'],
    scores: ({ rows }) => `relative(layers[name], axes=${rows})`,
  },
};
