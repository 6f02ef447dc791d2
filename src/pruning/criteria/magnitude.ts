import type { CriterionRecord } from './criterion';

/** |w|; of groups their norm. */
export const magnitude: CriterionRecord<'magnitude'> = {
  name: 'magnitude',
  arithmetic: { kind: 'weights', ranking: 'magnitude' },
  symbol: '|w|',
  title: 'Magnitudes',
  label: 'magnitude |w|',
  help: 'The smallest go first (l1_unstructured).',
  description: 'magnitude',
  groups: {
    symbol: (norm) => `${norm} norm`,
    title: (norm) => `${norm} norms`,
    help: 'The smallest norms go first (ln_structured).',
  },
  python: { parts: [], scores: () => 'layers[name].weight.abs()' },
};
