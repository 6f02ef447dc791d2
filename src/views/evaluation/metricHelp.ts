import type { MetricId } from '../../state/evaluation';

/** What each figure means, in a sentence. */
export const metricHelp: Readonly<Record<MetricId, string>> = {
  accuracy: 'Share of labelled inputs whose greatest score is at the right class.',
  top5: 'Share of labelled inputs whose class is among the five greatest scores.',
  perplexity: 'How many tokens the model hesitates between at each step; lower is better.',
  top1Agreement: 'Share of inputs for which the pruned model chooses the same class as the original.',
  klDivergence: 'How far the predicted probabilities moved, in nats; 0 is no change.',
  cosine: 'Whether outputs still point the same way; 1 is the same direction.',
  relativeL2: 'Size of the change in the outputs over the size of the outputs; 0 is no change.',
  maxAbsolute: 'The greatest change of any single output value.',
};
