import { describe, expect, it } from 'vitest';
import { type Batch, batchesOf, type Dataset } from '../../../src/evaluation/inputs/dataset';
import { splitSamples } from '../../../src/evaluation/inputs/split';
import { subsetOf } from '../../../src/evaluation/inputs/subset';
import type { GraphValue } from '../../../src/evaluation/protocol';
import { fromNumbers, toFloats } from '../../../src/evaluation/values';

const countOf = (indices: readonly number[], labels: readonly number[], label: number) =>
  indices.filter((sample) => labels[sample] === label).length;

describe('samples parted in two', () => {
  const labels = Array.from({ length: 101 }, (_, i) => (i < 60 ? 0 : i < 91 ? 1 : 7));

  it('gives every sample to one part, in ascending order', () => {
    const { first, second } = splitSamples(101, labels, { share: 0.5 }, 3);
    expect(first.length).toBe(51);
    expect([...first, ...second].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
    for (const part of [first, second]) expect([...part].sort((a, b) => a - b)).toEqual(part);
  });

  it('takes of each label its share', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { first } = splitSamples(101, labels, { count: 50 }, seed);
      expect(first.length).toBe(50);
      expect(Math.abs(countOf(first, labels, 0) - 60 * (50 / 101))).toBeLessThan(1);
      expect(Math.abs(countOf(first, labels, 1) - 31 * (50 / 101))).toBeLessThan(1);
      expect(Math.abs(countOf(first, labels, 7) - 10 * (50 / 101))).toBeLessThan(1);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => splitSamples(40, undefined, { share: 0.5 }, seed).first;
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('has no more than there are', () => {
    expect(splitSamples(3, undefined, { count: 9 }, 1)).toEqual({ first: [0, 1, 2], second: [] });
    expect(splitSamples(0, undefined, { share: 0.5 }, 1)).toEqual({ first: [], second: [] });
  });
});

describe('some of the samples', () => {
  const open: GraphValue = { name: 'x', dtype: 'F32', shape: ['n', 2] };
  const fixed: GraphValue = { name: 'x', dtype: 'F32', shape: [4, 2] };
  const numbers = (rows: number) => Float32Array.from({ length: rows * 2 }, (_, i) => Math.floor(i / 2));
  const datasetOf = (input: GraphValue, rows: number): Dataset => {
    const arrays = new Map([['x', fromNumbers('F32', [rows, 2], numbers(rows))]]);
    const cut = batchesOf(
      [input],
      arrays,
      Int32Array.from({ length: rows }, (_, i) => i * 10),
    );
    return { title: 'numbers', labelled: true, remarks: [], ...cut };
  };
  const samplesOf = ({ batches }: Dataset) =>
    batches.flatMap(({ feeds, samples }) =>
      [...toFloats(feeds.get('x')!)].filter((_, i) => i % 2 === 0).slice(0, samples),
    );
  const labelsOf = ({ batches }: Dataset) => batches.flatMap(({ labels }) => [...labels!]);

  it('are cut into batches anew, with their labels', () => {
    const indices = Array.from({ length: 75 }, (_, i) => 2 * i);
    const subset = subsetOf([open], datasetOf(open, 150), indices);
    expect(subset.samples).toBe(75);
    expect(subset.batches.map(({ samples }) => samples)).toEqual([64, 11]);
    expect(samplesOf(subset)).toEqual(indices);
    expect(labelsOf(subset)).toEqual(indices.map((i) => i * 10));
  });

  it('fill the batches of a graph that fixes their size', () => {
    const subset = subsetOf([fixed], datasetOf(fixed, 10), [1, 4, 5, 7, 8, 9]);
    expect(subset.batches.map(({ samples, feeds }) => [samples, feeds.get('x')!.shape[0]])).toEqual([
      [4, 4],
      [2, 4],
    ]);
    expect(samplesOf(subset)).toEqual([1, 4, 5, 7, 8, 9]);
    expect(labelsOf(subset)).toEqual([10, 40, 50, 70, 80, 90]);
  });

  it('stay as they are where a batch is a sequence', () => {
    const batches = [3, 5, 2].map(
      (length): Batch => ({
        feeds: new Map([['x', fromNumbers('F32', [1, length], new Float32Array(length))]]),
        samples: 1,
      }),
    );
    const dataset: Dataset = { title: 'sequences', labelled: false, remarks: [], samples: 3, batches };
    expect(subsetOf([open], dataset, [0, 2]).batches).toEqual([batches[0], batches[2]]);
    expect(subsetOf([open], dataset, [0, 1, 2])).toEqual(dataset);
  });

  it('of batches of different widths keep their order', () => {
    const wide = (width: number, from: number): Batch => ({
      feeds: new Map([['x', fromNumbers('F32', [2, width], new Float32Array(2 * width).fill(from))]]),
      samples: 2,
    });
    const dataset: Dataset = {
      title: 'lines',
      labelled: false,
      remarks: [],
      samples: 4,
      batches: [wide(3, 1), wide(2, 2)],
    };
    const subset = subsetOf([{ name: 'x', dtype: 'F32', shape: ['n', 'w'] }], dataset, [1, 2, 3]);
    expect(subset.batches.map(({ feeds }) => feeds.get('x')!.shape)).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });
});
