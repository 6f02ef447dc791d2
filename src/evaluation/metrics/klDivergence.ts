import { type MetricRecord, plain } from './metric';

/** Mean over rows of KL(original ‖ pruned) in nats, of the softmaxes (or of the rows where they are probabilities). */
export const klDivergence: MetricRecord<'klDivergence'> = {
  id: 'klDivergence',
  of: 'scores',
  read: (sums) => sums.klDivergence,
  label: 'KL divergence',
  name: 'KL divergence',
  help: 'How far the predicted probabilities moved, in nats; 0 is no change.',
  higherIsBetter: false,
  ...plain,
  perfect: 0,
  isDistance: true,
  distortion: (value) => value,
  ruin: 2,
  limit: 0.01,
  farthest: () => 5,
};
