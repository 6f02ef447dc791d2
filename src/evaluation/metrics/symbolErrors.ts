import { type MetricRecord, percent } from './metric';

export const symbolErrors: MetricRecord<'symbolErrors'> = {
  id: 'symbolErrors',
  of: 'sequences',
  read: (sums) => sums.symbolErrors,
  label: 'Edit distance',
  name: 'edit distance',
  help: 'Symbols to change, insert or delete, for each that the original reads.',
  higherIsBetter: false,
  ...percent,
  perfect: 0,
  isDistance: true,
  ruin: 0.5,
  limit: 0.01,
};
