import { describe, expect, it } from 'vitest';
import { arrayInputs } from '../../../src/evaluation/inputs/arrays';
import type { ArrayUse, Dimension, GivenArray, GraphValue } from '../../../src/evaluation/protocol';
import { npy } from '../../support/npy';

const file = (name: string, bytes: Uint8Array<ArrayBuffer>) => new File([bytes], `${name}.npy`);

function input(name: string, ...shape: Dimension[]): GraphValue {
  return { name, dtype: /ids|mask/.test(name) ? 'I64' : 'F32', shape };
}

const line = input('x', 'p2o.DynamicDimension.0', 3, 4, 'p2o.DynamicDimension.1');

async function given(inputs: readonly GraphValue[], files: readonly File[], uses?: ReadonlyMap<string, ArrayUse>) {
  let arrays: readonly GivenArray[] = [];
  const reading = arrayInputs(inputs, { files, ...(uses && { uses }) }, (list) => {
    arrays = list;
  });
  const dataset = await reading.catch((error: unknown) => error as Error);
  const as = arrays.map(({ name, use }) => [name, use.as === 'input' ? use.input : use.as]);
  return { dataset, arrays, as: Object.fromEntries(as) };
}

describe('arrays that do not fit together', () => {
  it('are run one after the other, in order of their numbers, those of one width together', async () => {
    const widths = [10, 12, 12, 9, 10, 10, 10, 10, 10, 10, 11];
    const files = widths.map((width, i) => file(`x${i}`, npy([1, 3, 4, width])));
    const { dataset, as } = await given([line], [...files].reverse());
    expect(Object.values(as)).toEqual(widths.map(() => 'x'));
    expect(dataset).toMatchObject({ samples: 11 });
    const shapes = 'batches' in dataset ? dataset.batches.map(({ feeds }) => feeds.get('x')!.shape) : [];
    expect(shapes.map(([rows, , , width]) => [rows, width])).toEqual([
      ...[
        [1, 10],
        [2, 12],
        [1, 9],
        [6, 10],
        [1, 11],
      ],
    ]);
  });

  it('and have labels for all of them, in order', async () => {
    const files = [3, 5].map((width, i) => file(`x${i}`, npy([1, 3, 4, width])));
    const { dataset } = await given([line], [...files, file('labels', npy([2], '<i8', [7, 9]))]);
    const labels = 'batches' in dataset ? dataset.batches.flatMap((batch) => [...batch.labels!]) : [];
    expect(labels).toEqual([7, 9]);
  });

  it('are listed with what each is, and why', async () => {
    const files = [
      file('x', npy([2, 3, 4, 8])),
      file('klasse', npy([2], '<i8', [1, 0])),
      file('weights', npy([5, 5])),
      file('x_train', npy([9, 3, 4, 8])),
    ];
    const { arrays } = await given([line], files);
    expect(arrays.map(({ name, use, because }) => `${name}: ${use.as}, ${because}`)).toEqual([
      'x: input, by its name',
      'klasse: labels, one whole number a sample',
      'weights: aside, 5×5 is no batch × 3 × 4 × width',
      'x_train: aside, another array is taken',
    ]);
  });

  it('two files that have an array of the same name lose neither', async () => {
    const files = [3, 5].map((width) => file('x', npy([1, 3, 4, width])));
    const { arrays, dataset } = await given([line], files);
    expect(new Set(arrays.map(({ key }) => key)).size).toBe(2);
    expect(dataset).toMatchObject({ samples: 2 });
  });

  it('are told before what does not fit is refused', async () => {
    const { dataset, arrays } = await given([line], [file('a', npy([1, 2])), file('b', npy([2, 2]))]);
    expect(dataset).toMatchObject({ message: "The model's input x is missing: the files hold a, b." });
    expect(arrays.map(({ use }) => use.as)).toEqual(['aside', 'aside']);
  });
});

describe('a wrong guess', () => {
  it('is corrected by what a person chooses', async () => {
    const two = [input('left', 'n', 2), input('right', 'n', 2)];
    const files = [file('a', npy([3, 2])), file('b', npy([3, 2])), file('c', npy([3], '<i8', [0, 1, 1]))];
    expect((await given(two, files)).dataset).toMatchObject({ message: expect.stringContaining('left is missing') });
    const uses = new Map<string, ArrayUse>([
      ['b', { as: 'input', input: 'left' }],
      ['a', { as: 'input', input: 'right' }],
      ['c', { as: 'labels' }],
    ]);
    const { dataset, arrays } = await given(two, files, uses);
    expect(dataset).toMatchObject({ samples: 3, labelled: true });
    expect(arrays.every(({ because }) => because === 'as chosen')).toBe(true);
  });

  it('of labels is one that can be left aside', async () => {
    const files = [file('x', npy([2, 3, 4, 8])), file('y', npy([5], '<i8'))];
    expect((await given([line], files)).dataset).toMatchObject({ message: 'There are 5 labels for 2 samples.' });
    const { dataset } = await given([line], files, new Map([['y', { as: 'aside' }]]));
    expect(dataset).toMatchObject({ samples: 2, labelled: false });
  });
});

describe('inputs of a model with several', () => {
  it('go by name, in series where each has a number', async () => {
    const two = [input('ids', 'n', 'l'), input('mask', 'n', 'l')];
    const files = ['ids0', 'ids1', 'mask0', 'mask1'].map((name) =>
      file(name, npy([1, 4 + Number(name.at(-1))], '<i8')),
    );
    const { dataset, as } = await given(two, files);
    expect(as).toEqual({ ids0: 'ids', ids1: 'ids', mask0: 'mask', mask1: 'mask' });
    expect(dataset).toMatchObject({ samples: 2 });
  });

  it('go by the only shape that fits', async () => {
    const two = [input('image', 'n', 3, 4, 4), input('size', 'n', 2)];
    const { as } = await given(two, [file('sizes', npy([2, 2])), file('pictures', npy([2, 3, 4, 4]))]);
    expect(as).toEqual({ sizes: 'size', pictures: 'image' });
  });
});

it('an array without the axis of its one channel gets it', async () => {
  const { dataset } = await given([input('x', 'n', 1, 4, 4)], [file('x', npy([5, 4, 4]))]);
  expect(dataset).toMatchObject({ samples: 5 });
});
