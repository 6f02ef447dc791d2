/** The rows of a batch that a layer's moments are made of. */
import type { FloatOutput } from '../comparison';
import type { FitLayer } from './layers';
import { rowsPerSample, sampledRows } from './places';
import { type Rows, rowsOfConvolution, rowsOfProduct } from './unfold';

export interface LayerRows {
  readonly rows: Rows;
  /** Of the batch: a graph may cut its samples into more, or lay them behind one another. */
  readonly parts: number;
  /** Rows of all samples. */
  readonly all: number;
  /** @param first number of the batch's first sample, among all */
  chosenIn(part: number, first: number): readonly number[];
}

/**
 * @param samples in the batch
 * @param all of them
 * @param columns of the moments
 */
export function layerRows(
  { convolution, inputs, outputs }: FitLayer,
  activation: FloatOutput,
  output: FloatOutput,
  samples: number,
  all: number,
  columns: number,
): LayerRows {
  const isBatched = activation.shape[0] === samples && output.shape[0] === samples;
  const parts = convolution ? (activation.shape[0] ?? 1) : isBatched ? samples : 1;
  const rows = convolution
    ? rowsOfConvolution(activation, output, convolution)
    : rowsOfProduct(activation, output, parts, inputs, outputs);
  const count = rowsPerSample(rows.rows, (all / samples) * parts, columns);
  return {
    rows,
    parts,
    all: Math.ceil(((count * all) / samples) * parts),
    chosenIn: (part, first) => [...sampledRows(rows.rows, count, first + part)],
  };
}
