import { type MetricRecord, plain } from './metric';

export const perplexity: MetricRecord<'perplexity'> = {
  id: 'perplexity',
  of: 'tokens',
  read: (sums) => sums.perplexity,
  label: 'Perplexity',
  name: 'perplexity',
  help: 'How many tokens the model hesitates between at each step; lower is better.',
  higherIsBetter: false,
  ...plain,
  isDistance: false,
  isPreferred: true,
  ruin: 9,
  isRelative: true,
  limit: 20,
  // It may rise by a twentieth.
  limitFrom: (reference) => Number((reference * 1.05).toPrecision(4)),
  farthest: (reference) => reference && reference * 10,
};
