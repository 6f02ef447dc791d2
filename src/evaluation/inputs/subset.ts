/** Some of the samples of a dataset, as a dataset. */
import { at, known } from '../../lib/known';
import type { GraphValue } from '../protocol';
import { joinedRows, type NamedValues, rowsOf, type Values } from '../values';
import { type Batch, batchesOf, type Dataset } from './dataset';

/** One sample of a batch of several. */
export interface Row {
  /** Read once: a batch may gather its feeds when it is asked. */
  readonly batch: Batch;
  readonly index: number;
}

/**
 * Batches are cut anew; those of one sample (sequences, whole runs) stay as they are.
 * @param inputs of the graph
 * @param indices ascending, of samples in the order of the batches
 */
export function subsetOf<Given extends Pick<Dataset, 'batches'>>(
  inputs: readonly GraphValue[],
  dataset: Given,
  indices: readonly number[],
): Given & { readonly samples: number } {
  const wanted = new Set(indices);
  const batches: Batch[] = [];
  let rows: Row[] = [];
  const cut = () => {
    if (rows.length > 0) batches.push(...cutAnew(inputs, rows));
    rows = [];
  };
  let start = 0;
  for (const given of dataset.batches) {
    const { samples, feeds, labels, tokens } = given;
    const batch = { samples, feeds, ...(labels && { labels }), ...(tokens && { tokens }) };
    for (let index = 0; index < batch.samples; index++) {
      if (!wanted.has(start + index)) continue;
      const first = rows[0];
      if (first && (batch.samples === 1 || !areAlike(first.batch, batch))) cut();
      if (batch.samples === 1) batches.push(given);
      else rows.push({ batch, index });
    }
    start += batch.samples;
  }
  cut();
  return { ...dataset, samples: indices.length, batches };
}

/** Whether rows of both go into one batch. */
export function areAlike(a: Batch, b: Batch): boolean {
  return [...a.feeds].every(([name, { shape }]) => {
    const other = known(b.feeds, name).shape;
    return shape.length === other.length && shape.every((size, axis) => axis === 0 || size === other[axis]);
  });
}

function cutAnew(inputs: readonly GraphValue[], rows: readonly Row[]): Batch[] {
  return batchesOf(inputs, feedsOfRows(rows), labelsOfRows(rows)).batches;
}

/** What rows are fed with together: arrays of as many rows; a single number stays one. */
export function feedsOfRows(rows: readonly Row[]): NamedValues {
  const gathered = (name: string) =>
    joinedRows(rows.map(({ batch, index }) => rowsOf(known(batch.feeds, name), index, 1)));
  return new Map(
    [...at(rows, 0).batch.feeds].map(([name, values]): [string, Values] => [
      name,
      values.shape.length === 0 ? values : gathered(name),
    ]),
  );
}

/** Undefined where the first has none. */
export function labelsOfRows(rows: readonly Row[]): Int32Array | undefined {
  return at(rows, 0).batch.labels && Int32Array.from(rows, ({ batch, index }) => batch.labels?.[index] ?? -1);
}
