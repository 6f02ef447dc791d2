import { type MetricRecord, percent } from './metric';

export const sequenceAgreement: MetricRecord<'sequenceAgreement'> = {
  id: 'sequenceAgreement',
  of: 'sequences',
  read: (sums) => sums.sequenceAgreement,
  label: 'Sequences unchanged',
  name: 'sequences unchanged',
  help: 'Share of sequences that read the same as the original’s: repeats and blanks left out.',
  higherIsBetter: true,
  ...percent,
  perfect: 1,
  isDistance: false,
  isPreferred: true,
  ruin: 0.5,
  limit: 0.99,
};
