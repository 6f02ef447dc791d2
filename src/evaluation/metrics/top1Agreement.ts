import { type MetricRecord, percent } from './metric';

export const top1Agreement: MetricRecord<'top1Agreement'> = {
  id: 'top1Agreement',
  of: 'scores',
  read: (sums) => sums.top1Agreement,
  label: 'Top-1 agreement',
  name: 'top-1 agreement',
  help: 'Share of inputs for which the pruned model chooses the same class as the original.',
  higherIsBetter: true,
  ...percent,
  perfect: 1,
  isDistance: false,
  isPreferred: true,
  ruin: 0.5,
  limit: 0.99,
};
