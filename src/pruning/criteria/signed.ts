import type { CriterionRecord } from './criterion';

/** w: large negative weights go before small ones. */
export const signed: CriterionRecord<'signed'> = {
  name: 'signed',
  arithmetic: { kind: 'weights', ranking: 'signed' },
  symbol: 'w',
  title: 'Values',
  chip: 'w',
  label: 'signed w',
  help: 'The lowest values go first: w ≤ threshold.',
  description: 'signed value',
  groups: { because: ', whose norms have no sign' },
  python: { parts: [], scores: () => 'layers[name].weight' },
};
