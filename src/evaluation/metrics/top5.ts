import { type MetricRecord, onePointBelow, percent } from './metric';

/** Among five classes or fewer everything is in the top five. */
const fewestClasses = 6;

export const top5: MetricRecord<'top5'> = {
  id: 'top5',
  of: 'labels',
  read: (sums) => (sums.classes < fewestClasses ? undefined : sums.top5),
  label: 'Top-5 accuracy',
  name: 'top-5 accuracy',
  help: 'Share of labelled inputs whose class is among the five greatest scores.',
  higherIsBetter: true,
  ...percent,
  isDistance: false,
  ruin: 0.5,
  limit: 0.99,
  limitFrom: onePointBelow,
};
