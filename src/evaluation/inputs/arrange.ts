/** Batches for evaluations that are watched: small enough to stop between, and the first of them as mixed as all. */
import { at } from '../../lib/known';
import { randomScore, streamOf } from '../../tensors/random';
import type { NamedValues } from '../values';
import { type Batch, type Dataset, labelsOf } from './dataset';
import { areAlike, feedsOfRows, labelsOfRows, type Row } from './subset';

/** One order on every machine. */
const seed = 1;
const stream = streamOf('order');

/**
 * Samples in an order in which every run of them from the start has about each label's share. Files come class by class:
 * the first batch would say nothing of the others.
 * @param labels one per sample
 */
export function mixedOrder(labels: ArrayLike<number>): number[] {
  const groups = new Map<number, number[]>();
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample] ?? 0;
    const members = groups.get(label) ?? [];
    if (members.length === 0) groups.set(label, members);
    members.push(sample);
  }
  const places: { readonly sample: number; readonly place: number }[] = [];
  for (const [label, members] of groups) {
    const drawOf = (sample: number) => randomScore(seed, stream, sample);
    const drawn = [...members].sort((a, b) => drawOf(a) - drawOf(b) || a - b);
    // Classes of few samples would otherwise all come at the same places.
    const shift = randomScore(seed, stream, ~label);
    drawn.forEach((sample, i) => {
      places.push({ sample, place: (i + shift) / members.length });
    });
  }
  return [...places].sort((a, b) => a.place - b.place || a.sample - b.sample).map(({ sample }) => sample);
}

/**
 * The same samples, those with labels in mixed order, and where the graph allows it in batches of `size`.
 * @param size absent: batches stay as they are cut
 */
export function arranged({ batches }: Pick<Dataset, 'batches'>, size: number | undefined): Batch[] {
  const labels = labelsOf(batches);
  const mixed = <Each>(each: readonly Each[]) => (labels ? mixedOrder(labels).map((i) => at(each, i)) : [...each]);
  const isCut = size !== undefined && batches.every((batch) => areAlike(at(batches, 0), batch));
  if (!isCut) return batches.every((batch) => batch.samples === 1) ? mixed(batches) : [...batches];
  const rows = batches.flatMap((batch) => Array.from({ length: batch.samples }, (_, index): Row => ({ batch, index })));
  const order = mixed(rows);
  const cut: Batch[] = [];
  for (let start = 0; start < order.length; start += size) cut.push(new RowsBatch(order.slice(start, start + size)));
  return cut;
}

/** Gathered when it is fed, and held only as long as there is room: the samples are in memory once. */
class RowsBatch implements Batch {
  readonly samples: number;
  readonly labels?: Int32Array;
  private readonly rows: readonly Row[];
  private held: WeakRef<NamedValues> | undefined;

  constructor(rows: readonly Row[]) {
    this.rows = rows;
    this.samples = rows.length;
    const labels = labelsOfRows(rows);
    if (labels) this.labels = labels;
  }

  get feeds(): NamedValues {
    const feeds = this.held?.deref() ?? this.gathered();
    this.held ??= new WeakRef(feeds);
    return feeds;
  }

  private gathered(): NamedValues {
    this.held = undefined;
    return feedsOfRows(this.rows);
  }
}
