import { type MetricRecord, plain } from './metric';

export const relativeL2: MetricRecord<'relativeL2'> = {
  id: 'relativeL2',
  of: 'drift',
  read: (sums) => sums.relativeL2,
  label: 'Relative L2',
  name: 'relative L2',
  help: 'Size of the change in the outputs over the size of the outputs; 0 is no change.',
  higherIsBetter: false,
  ...plain,
  perfect: 0,
  isDistance: true,
  isPreferred: true,
  distortion: (value) => value ** 2,
  ruin: 1,
  limit: 0.05,
  farthest: () => 2,
};
