import { type MetricRecord, onePointBelow, percent } from './metric';

export const accuracy: MetricRecord<'accuracy'> = {
  id: 'accuracy',
  of: 'labels',
  read: (sums) => sums.top1,
  label: 'Accuracy',
  name: 'accuracy',
  help: 'Share of labelled inputs whose greatest score is at the right class.',
  higherIsBetter: true,
  ...percent,
  isDistance: false,
  isPreferred: true,
  ruin: 0.5,
  limit: 0.99,
  limitFrom: onePointBelow,
};
