import { describe, expect, it } from 'vitest';
import { arranged, mixedOrder } from '../../../src/evaluation/inputs/arrange';
import { type Batch, batchesOf, type Dataset } from '../../../src/evaluation/inputs/dataset';
import { batchesInPace } from '../../../src/evaluation/pace';
import type { GraphValue } from '../../../src/evaluation/protocol';
import type { Runnable } from '../../../src/evaluation/running';
import type { ModelSession } from '../../../src/evaluation/runtime';
import { fromNumbers, type NamedValues, toFloats } from '../../../src/evaluation/values';
import type { WeightDelivery } from '../../../src/evaluation/weightDelivery';
import { CheckpointError } from '../../../src/lib/errors';
import { context } from './support';

const input: GraphValue = { name: 'x', dtype: 'F32', shape: ['batch', 1] };

/** Samples that are numbers, class by class, as files come. */
function datasetOf(samples: number, classes: number | undefined): Dataset {
  const numbers = Array.from({ length: samples }, (_, i) => i);
  const labels = classes && Int32Array.from(numbers, (i) => Math.floor((i * classes) / samples));
  const arrays = new Map([['x', fromNumbers('F32', [samples, 1], numbers)]]);
  const { batches } = batchesOf([input], arrays, labels || undefined);
  return { title: 'numbers', samples, batches, labelled: labels !== undefined, remarks: [] };
}

const numbersOf = ({ feeds }: Batch) => [...toFloats(feeds.get('x')!)];

describe('the order of samples with labels', () => {
  it('gives every part from the start about each label’s share', () => {
    const labels = Int32Array.from({ length: 300 }, (_, i) => (i < 150 ? 0 : i < 270 ? 1 : 2));
    const order = mixedOrder(labels);
    expect([...order].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    for (const some of [10, 30, 64, 150]) {
      const counts = [0, 0, 0];
      for (const sample of order.slice(0, some)) counts[labels[sample]!]!++;
      [0.5, 0.4, 0.1].forEach((share, label) => {
        expect(Math.abs(counts[label]! - share * some)).toBeLessThanOrEqual(1.5);
      });
    }
    expect(mixedOrder(labels)).toEqual(order);
  });

  it('is kept by batches, each with its labels', () => {
    const dataset = datasetOf(100, 10);
    const batches = arranged(dataset, 10);
    expect(batches.map(({ samples }) => samples)).toEqual(Array(10).fill(10));
    for (const batch of batches) {
      expect(new Set(batch.labels).size).toBeGreaterThan(6);
      expect([...batch.labels!]).toEqual(numbersOf(batch).map((number) => Math.floor(number / 10)));
    }
    expect(batches.flatMap(numbersOf).sort((a, b) => a - b)).toEqual(dataset.batches.flatMap(numbersOf));
  });

  it('is that of the file where there are no labels', () => {
    const dataset = datasetOf(100, undefined);
    expect(arranged(dataset, 16).flatMap(numbersOf)).toEqual(dataset.batches.flatMap(numbersOf));
  });

  it('mixes batches of one sample, and leaves those of several widths as they are cut', () => {
    const single = datasetOf(20, 4);
    const ones: Dataset = { ...single, batches: arranged(single, 1) };
    const [first, second] = [ones, ones].map((dataset) => arranged(dataset, undefined).flatMap(numbersOf));
    expect(first).toEqual(second);
    const wide = { feeds: new Map([['x', fromNumbers('F32', [2, 3], [1, 2, 3, 4, 5, 6])]]), samples: 2 };
    const unlike = { ...single, samples: 22, batches: [...single.batches, wide] };
    expect(arranged(unlike, 4)).toEqual(unlike.batches);
  });
});

describe('batches', () => {
  /** @param output of the numbers of a batch, one for each */
  function runnable(output: (numbers: readonly number[]) => number[], takesMany = false, backend = 'wasm') {
    const session: ModelSession = {
      inputs: [input],
      outputs: [],
      run: async (feeds: NamedValues) => {
        const numbers = output([...toFloats(feeds.get('x')!)]);
        return new Map([['y', fromNumbers('F32', [numbers.length, 1], numbers)]]);
      },
      release: async () => {},
    };
    const use: WeightDelivery['use'] = (work) => work(session, new Map());
    return {
      graph: { inputs: [input], graph: { takesMany }, runtime: { runtime: { backend } } } as unknown as Runnable,
      delivery: { use } as WeightDelivery,
    };
  }

  it('are cut anew where samples come to the same in any company', async () => {
    const { graph, delivery } = runnable((numbers) => numbers.map((number) => number * 2));
    const dataset = datasetOf(200, 10);
    const batches = await batchesInPace(graph, dataset, delivery, context);
    expect(new Set(batches[0]!.labels).size).toBe(10);
  });

  it('stay as large as they were cut on a GPU', async () => {
    const { graph, delivery } = runnable((numbers) => numbers.map((number) => number * 2), false, 'webgpu');
    const dataset = datasetOf(200, 10);
    expect(await batchesInPace(graph, dataset, delivery, context)).toEqual(arranged(dataset, undefined));
  });

  it('stay as they are where the first axis is no axis of samples', async () => {
    const { graph, delivery } = runnable((numbers) => numbers.map((number) => number - numbers.length));
    const dataset = datasetOf(200, 10);
    const batches = await batchesInPace(graph, dataset, delivery, context);
    expect(batches).toEqual(dataset.batches);
  });

  const single: Dataset = { ...datasetOf(40, 10), batches: arranged(datasetOf(40, 10), 1) };

  it('of a graph for one sample are joined where samples come to the same in any company', async () => {
    const { graph, delivery } = runnable((numbers) => numbers.map((number) => number * 2), true);
    const batches = await batchesInPace(graph, single, delivery, context);
    expect(batches.length).toBeLessThan(40);
    expect(batches.flatMap(numbersOf)).toEqual(arranged(single, undefined).flatMap(numbersOf));
  });

  it.each([
    ['they do not', (numbers: readonly number[]) => numbers.map((number) => number + numbers.length)],
    [
      'it has its sizes written elsewhere',
      (numbers: readonly number[]) => {
        if (numbers.length > 1) throw new CheckpointError('evaluation-failed', 'cannot reshape');
        return [...numbers];
      },
    ],
  ])('of a graph for one sample are run one by one where %s', async (_, output) => {
    const { graph, delivery } = runnable(output, true);
    const batches = await batchesInPace(graph, single, delivery, context);
    expect(batches).toHaveLength(40);
  });
});
