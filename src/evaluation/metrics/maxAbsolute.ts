import { type MetricRecord, plain } from './metric';

export const maxAbsolute: MetricRecord<'maxAbsolute'> = {
  id: 'maxAbsolute',
  of: 'drift',
  read: (sums) => sums.maxAbsolute,
  label: 'Max |Δ|',
  name: 'max |Δ|',
  help: 'The greatest change of any single output value.',
  higherIsBetter: false,
  ...plain,
  perfect: 0,
  isDistance: true,
  ruin: 10,
  limit: 0.1,
};
