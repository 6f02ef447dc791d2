/** What a metric is: a number that says how good the pruned model is. All that is known of one stands in its record. */
import { formatPercent, formatValue } from '../../lib/numbers';
import type { SequenceSums } from './sequences';
import type { AccuracySums, DriftSums, PerplexitySums, ScoreSums } from './sums';

export type MetricRecord<Id extends string = string> = MetricFacts<Id> & (Reading | OfTask);

/** Of each output, against the original's: `drift` of any, `scores` of those that are class scores, `sequences` of those
 * whose rows are steps. */
type Reading =
  | { readonly of: 'drift'; read(sums: DriftSums): number }
  | { readonly of: 'scores'; read(sums: ScoreSums): number | undefined }
  | { readonly of: 'sequences'; read(sums: SequenceSums): number };

/** Of the model as a whole, original or pruned: undefined where it means nothing. */
type OfTask =
  | { readonly of: 'labels'; read(sums: AccuracySums): number | undefined }
  | { readonly of: 'tokens'; read(sums: PerplexitySums): number | undefined };

interface MetricFacts<Id> {
  readonly id: Id;
  readonly label: string;
  /** Within a sentence. */
  readonly name: string;
  /** What it means, in a sentence. */
  readonly help: string;
  readonly higherIsBetter: boolean;
  /** Shown in percent. */
  readonly fraction: boolean;
  /** Of the unpruned model against itself, where that is a constant; the baseline's figure otherwise. */
  readonly perfect?: number;
  /** A distance from the unpruned model itself: a change of it says nothing more. */
  readonly isDistance: boolean;
  /** People look at it first, where it is to be had. */
  readonly isPreferred?: true;
  /** A smooth measure of damage that adds up over layers. */
  distortion?(value: number): number;
  /** A finite figure. */
  text(value: number): string;
  /** A loss of this size is as bad as it gets. */
  readonly ruin: number;
  /** The loss is counted in units of the unpruned model's own figure. */
  readonly isRelative?: true;
  /** What auto-tune starts from where the unpruned model's own figure does not count, and where it does. */
  readonly limit: number;
  limitFrom?(reference: number): number;
  /** Figures beyond are drawn at the edge of a chart: a ruined model would flatten all that is of interest. */
  farthest?(reference: number | undefined): number | undefined;
}

/** Of shares. */
export const percent = { fraction: true, text: (value: number) => formatPercent(value) } as const;
/** Of all others. */
export const plain = { fraction: false, text: (value: number) => formatValue(value) } as const;

/** Accuracy may fall by one point. Rounded to a tenth of a percent, as it is shown. */
export function onePointBelow(reference: number): number {
  return Math.max(0, Math.round((reference - 0.01) * 1000) / 1000);
}
