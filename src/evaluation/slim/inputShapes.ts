/** The shapes that a model is analysed and counted with: one sample, of the sizes that its inputs have. */
import type { Shape } from '../../graph/slim/nodeView';
import { dimensionName, openDimensions } from '../inputs/axes';
import type { Dataset } from '../inputs/dataset';
import { randomInputs } from '../inputs/random';
import type { GraphValue } from '../protocol';
import { rowsOf, type Values } from '../values';

export interface OneSample {
  readonly feeds: ReadonlyMap<string, Values>;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** How many it counts for: more than one where the file says so. */
  readonly samples: number;
}

/**
 * @param inputs of the graph
 * @param dataset whose first sample it is; absent: random numbers of the sizes that those begin with
 */
export function oneSample(inputs: readonly GraphValue[], dataset: Dataset | undefined): OneSample {
  const first = dataset?.batches[0]?.feeds ?? randomInputs(inputs, 1, batchesOfOne(inputs)).batches[0]?.feeds;
  const feeds = new Map<string, Values>();
  let samples = 1;
  for (const input of inputs) {
    const values = first?.get(input.name);
    if (!values) continue;
    const [size] = input.shape ?? [];
    const isBatch = input.roles?.[0] === 'batch';
    if (isBatch && typeof size === 'number') samples = Math.max(samples, size);
    // As the file has it, or one of many.
    const rows = typeof size === 'number' ? size : isBatch ? 1 : values.shape[0];
    feeds.set(input.name, values.shape.length === 0 || rows === undefined ? values : rowsOf(values, 0, rows));
  }
  return { feeds, samples, shapes: new Map([...feeds].map(([name, { shape }]) => [name, shape])) };
}

function batchesOfOne(inputs: readonly GraphValue[]): Record<string, number> {
  const open = new Set(openDimensions(inputs).map(({ name }) => name));
  const sizes: Record<string, number> = {};
  for (const input of inputs) {
    input.shape?.forEach((size, axis) => {
      const name = dimensionName(input, axis, size);
      if (input.roles?.[axis] === 'batch' && open.has(name)) sizes[name] = 1;
    });
  }
  return sizes;
}
