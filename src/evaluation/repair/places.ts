/** Which rows of a sample a fit looks at: neighbouring places of a picture say nearly the same. */
import { randomScore, streamOf } from '../../tensors/random';

/** Rows altogether: this many for each input, and never fewer than the other. */
const rowsPerInput = 8;
const leastRows = 16384;

const stream = streamOf('repair: places');

/** @param rows that a sample has */
export function rowsPerSample(rows: number, samples: number, inputs: number): number {
  return Math.min(rows, Math.ceil(Math.max(leastRows, rowsPerInput * inputs) / samples));
}

/** `count` of them, ascending: one somewhere in each of as many equal parts. */
export function* sampledRows(rows: number, count: number, sample: number): Generator<number> {
  for (let part = 0; part < count; part++) {
    const within = count === rows ? 0 : randomScore(sample, stream, part);
    yield Math.min(rows - 1, Math.floor(((part + within) * rows) / count));
  }
}
