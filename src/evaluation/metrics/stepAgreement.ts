import { type MetricRecord, percent } from './metric';

export const stepAgreement: MetricRecord<'stepAgreement'> = {
  id: 'stepAgreement',
  of: 'sequences',
  read: (sums) => sums.stepAgreement,
  label: 'Steps unchanged',
  name: 'steps unchanged',
  help: 'Share of steps with the same class, of those in which either model reads something: blanks are not counted.',
  higherIsBetter: true,
  ...percent,
  perfect: 1,
  isDistance: false,
  ruin: 0.5,
  limit: 0.99,
};
