import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arrayInputs } from '../../../src/evaluation/inputs/arrays';
import { openDimensions } from '../../../src/evaluation/inputs/axes';
import { batchesOf, fitToInput, smallBatches } from '../../../src/evaluation/inputs/dataset';
import { classesOf, type DecodeImage, imageInputs, toChannels } from '../../../src/evaluation/inputs/images';
import { parseNpy } from '../../../src/evaluation/inputs/npy';
import { readNpz } from '../../../src/evaluation/inputs/npz';
import { randomInputs } from '../../../src/evaluation/inputs/random';
import { parseTensorFile } from '../../../src/evaluation/inputs/tensorFile';
import { tokenInputs } from '../../../src/evaluation/inputs/tokens';
import type { GraphValue, ImagePreprocessing } from '../../../src/evaluation/protocol';
import { fromNumbers, toFloats, toIntegers, type Values } from '../../../src/evaluation/values';
import { fileOf } from '../../support/studio';

const folder = join(import.meta.dirname, '../../golden/files/evaluation');
const golden: Record<string, { shape: number[]; values: number[] }> = JSON.parse(
  readFileSync(join(folder, 'arrays.json'), 'utf8'),
);
const names = (extension: string) => Object.keys(golden).filter((name) => name.endsWith(extension));
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

function numbersOf(values: Values): number[] {
  return values.dtype.startsWith('F') ? [...toFloats(values)] : [...toIntegersExactly(values)];
}
function toIntegersExactly({ dtype, bytes }: Values): number[] {
  if (dtype !== 'I64') return [...toIntegers({ dtype, shape: [], bytes })];
  return [...new BigInt64Array(bytes.slice().buffer)].map(Number);
}

function expectClose(numbers: readonly number[], wanted: readonly number[]): void {
  expect(numbers).toHaveLength(wanted.length);
  for (const [i, value] of numbers.entries()) expect(value).toBeCloseTo(wanted[i]!, 6);
}

describe('array files', () => {
  it.each(names('.npy'))('%s holds what numpy put there', (name) => {
    const values = parseNpy(bytesOf(name), name);
    expect(values.shape).toEqual(golden[name]!.shape);
    expectClose(numbersOf(values), golden[name]!.values);
  });

  it.each(names('.pb'))('%s holds what onnx put there', async (name) => {
    const { values } = await parseTensorFile(bytesOf(name), name);
    expect(values.shape).toEqual(golden[name]!.shape);
    expectClose(numbersOf(values), golden[name]!.values);
  });

  it.each(['stored.npz', 'deflated.npz'])('%s holds its arrays by name', async (name) => {
    const arrays = await readNpz(fileOf(join(folder, name)), name);
    expect([...arrays.keys()]).toEqual(['x', 'y']);
    expect(numbersOf(arrays.get('x')!)).toEqual(golden['f32.npy']!.values);
    expect([...toIntegers(arrays.get('y')!)]).toEqual([1, 0]);
  });

  it('are refused in one sentence where they are damaged', async () => {
    const whole = bytesOf('f32.npy');
    expect(() => parseNpy(whole.slice(0, -4), 'cut.npy')).toThrow(/cut.npy should hold 24 bytes.* has 20/);
    expect(() => parseNpy(whole.slice(1), 'odd.npy')).toThrow(/should begin as NumPy/);
    const objects = whole.slice();
    objects.set(new TextEncoder().encode("'|O'"), Buffer.from(whole).indexOf("'<f4'"));
    expect(() => parseNpy(objects, 'objects.npy')).toThrow(/header of objects.npy/);
    const stored = bytesOf('stored.npz');
    stored[Buffer.from(stored).indexOf('\x93NUMPY', 0, 'latin1') + 130]! ^= 1;
    await expect(readNpz(new Blob([stored]), 'bad.npz')).rejects.toMatchObject({
      code: 'malformed-file',
      message: expect.stringContaining('checksum'),
    });
  });
});

const image: GraphValue = { name: 'image', dtype: 'F32', shape: ['batch', 3] };

describe('arrays for a graph', () => {
  it('are found by name or by what samples are called, with labels beside them', async () => {
    const dataset = await arrayInputs([image], { files: [fileOf(join(folder, 'deflated.npz'))] });
    expect(dataset).toMatchObject({ samples: 2, labelled: true, title: '2 samples from deflated.npz' });
    expect([...dataset.batches[0]!.labels!]).toEqual([1, 0]);
  });

  it('are found as numbered test data', async () => {
    const files = ['raw.pb', 'int64.pb'].map((name) => fileOf(join(folder, name)));
    const ids: GraphValue = { name: 'ids', dtype: 'I64', shape: ['batch', 3] };
    const dataset = await arrayInputs([ids, image], { files });
    expect([...dataset.batches[0]!.feeds.keys()].sort()).toEqual(['ids', 'image']);
    const renamed = new File([bytesOf('raw.pb').map((byte, i, all) => (all[i] === 0x69 ? 0x6a : byte))], 'input_0.pb');
    expect((await arrayInputs([image], { files: [renamed] })).samples).toBe(2);
  });

  it('are converted to the dtype of the input, and it is said', async () => {
    const dataset = await arrayInputs([image], { files: [fileOf(join(folder, 'f64.npy'))] });
    expect(dataset.remarks).toEqual(['f64 was converted from f64 to f32.']);
    expect(dataset.batches[0]!.feeds.get('image')!.dtype).toBe('F32');
  });

  it('that are missing or do not fit are refused in one sentence', async () => {
    const two = [image, { ...image, name: 'mask' }];
    await expect(arrayInputs(two, { files: [fileOf(join(folder, 'raw.pb'))] })).rejects.toThrow(
      "The model's input mask is missing: the files hold image.",
    );
    const wide: GraphValue = { ...image, shape: ['batch', 5] };
    await expect(arrayInputs([wide], { files: [fileOf(join(folder, 'f32.npy'))] })).rejects.toThrow(
      "f32 has the shape 2×3, but the model's input image takes batch × 5.",
    );
    await expect(arrayInputs([image], { files: [new File(['a,b'], 'table.csv')] })).rejects.toMatchObject({
      code: 'unsupported-feature',
    });
  });

  it('lacking the batch axis are one sample', () => {
    const fitted = fitToInput(fromNumbers('F32', [3], [1, 2, 3]), image, 'x', []);
    expect(fitted.shape).toEqual([1, 3]);
  });
});

describe('batches', () => {
  const values = fromNumbers('F32', [5, 1], [0, 1, 2, 3, 4]);

  it('of a graph with a fixed batch size are filled up', () => {
    const input: GraphValue = { name: 'x', dtype: 'F32', shape: [2, 1] };
    const { samples, batches } = batchesOf([input], new Map([['x', values]]), Int32Array.of(0, 1, 0, 1, 0));
    expect(samples).toBe(5);
    expect(batches.map((batch) => batch.samples)).toEqual([2, 2, 1]);
    expect([...toFloats(batches[2]!.feeds.get('x')!)]).toEqual([4, 0]);
    expect([...batches[2]!.labels!]).toEqual([0]);
  });

  it('can be made smaller where the graph leaves their size open', () => {
    const input: GraphValue = { name: 'x', dtype: 'F32', shape: ['n', 1] };
    const { samples, batches } = batchesOf([input], new Map([['x', values]]), undefined);
    expect(batches).toHaveLength(1);
    const dataset = { title: '', samples, batches, labelled: false, remarks: [] };
    expect(smallBatches([input], dataset, 2, 4).map((batch) => [...toFloats(batch.feeds.get('x')!)])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});

describe('random inputs', () => {
  const inputs: GraphValue[] = [
    { name: 'pixels', dtype: 'F32', shape: ['batch', 3, 'height', 'width'] },
    { name: 'attention_mask', dtype: 'I64', shape: ['batch', ''] },
  ];

  it('offer every open size once', () => {
    expect(openDimensions(inputs).map(({ name, size }) => [name, size])).toEqual([
      ['batch', 8],
      ['height', 224],
      ['width', 224],
      ['attention_mask[1]', 32],
    ]);
  });

  it('are the same for a seed, standard normal, and of the sizes asked for', () => {
    const dimensions = { batch: 4, height: 20, width: 30, 'attention_mask[1]': 5 };
    const feeds = (seed: number) => randomInputs(inputs, seed, dimensions).batches[0]!.feeds;
    const pixels = feeds(1).get('pixels')!;
    expect(pixels.shape).toEqual([4, 3, 20, 30]);
    expect(feeds(1).get('pixels')).toEqual(pixels);
    expect(feeds(2).get('pixels')).not.toEqual(pixels);
    const floats = [...toFloats(pixels)];
    const mean = floats.reduce((sum, value) => sum + value, 0) / floats.length;
    const variance = floats.reduce((sum, value) => sum + (value - mean) ** 2, 0) / floats.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(variance - 1)).toBeLessThan(0.1);
    expect([...toIntegers(feeds(1).get('attention_mask')!)]).toEqual(new Array(20).fill(1));
  });

  it('are refused for inputs without numbers', () => {
    expect(() => randomInputs([{ name: 'text', dtype: 'STRING', shape: [1] }], 1, {})).toThrow(/text \(string\)/);
  });
});

describe('token ids', () => {
  const ids: GraphValue = { name: 'input_ids', dtype: 'I64', shape: ['batch', 'sequence'] };

  it('are sequences of their own lengths, with masks and positions', () => {
    const mask: GraphValue = { ...ids, name: 'attention_mask' };
    const position: GraphValue = { ...ids, name: 'position_ids' };
    const { batches, samples } = tokenInputs([ids, mask, position], '1, 2 3\n\n7 8');
    expect(samples).toBe(2);
    expect(batches.map(({ tokens }) => [...tokens!])).toEqual([
      [1, 2, 3],
      [7, 8],
    ]);
    const [first] = batches;
    expect([...toIntegers(first!.feeds.get('attention_mask')!)]).toEqual([1, 1, 1]);
    expect([...toIntegers(first!.feeds.get('position_ids')!)]).toEqual([0, 1, 2]);
    expect(first!.feeds.get('input_ids')!.shape).toEqual([1, 3]);
  });

  it('that are none are refused, as are models that want more', () => {
    expect(() => tokenInputs([ids], '1 two')).toThrow('Line 1 of the token ids holds "two", which is no whole number.');
    expect(() => tokenInputs([ids], ' ')).toThrow(/there are none/);
    const cache: GraphValue = { name: 'past.0.key', dtype: 'F32', shape: [1] };
    expect(() => tokenInputs([ids, cache], '1')).toThrow(/also takes past.0.key/);
    expect(() => tokenInputs([cache], '1')).toThrow(/no input that takes token ids/);
  });
});

describe('images', () => {
  const preprocessing: ImagePreprocessing = {
    resize: 'crop',
    layout: 'NCHW',
    channels: 'RGB',
    normalisation: 'none',
  };
  /** Two pixels: red and blue-ish. */
  const pixels = Uint8Array.of(255, 0, 0, 255, 10, 20, 30, 255);

  it('are laid out as the model wants them', () => {
    expect([...toChannels(pixels, 3, preprocessing)]).toEqual([255, 10, 0, 20, 0, 30]);
    expect([...toChannels(pixels, 3, { ...preprocessing, layout: 'NHWC', channels: 'BGR' })]).toEqual([
      0, 0, 255, 30, 20, 10,
    ]);
    expect(toChannels(pixels, 1, preprocessing)[0]).toBeCloseTo(76.245, 3);
  });

  it('are normalised as torchvision does', () => {
    const [red] = toChannels(pixels, 3, { ...preprocessing, normalisation: 'imagenet' });
    expect(red).toBeCloseTo((1 - 0.485) / 0.229, 5);
    const bgr = toChannels(pixels, 3, { ...preprocessing, normalisation: 'imagenet', channels: 'BGR' });
    expect(bgr[4]).toBeCloseTo((1 - 0.485) / 0.229, 5);
    expect(toChannels(pixels, 3, { ...preprocessing, normalisation: 'unit' })[0]).toBe(1);
  });

  it('are centred, or normalised by a mean and a deviation of one’s own', () => {
    const centred = toChannels(pixels, 3, { ...preprocessing, normalisation: 'centred' });
    expect([centred[0], centred[2]]).toEqual([1, -1]);
    const constants = { mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.25, 0.2] };
    const own = toChannels(pixels, 3, { ...preprocessing, normalisation: 'own', constants, channels: 'BGR' });
    expect(own[4]).toBeCloseTo((1 - 0.1) / 0.5, 5);
    expect(own[0]).toBeCloseTo((0 - 0.3) / 0.2, 5);
  });

  it('are of the class that their folder names', () => {
    const files = ['a', 'b', 'c'].map((name) => new File([], name));
    const { labels, names: classes } = classesOf(files, ['dog', 'cat', 'dog'])!;
    expect([...labels]).toEqual([1, 0, 1]);
    expect(classes).toEqual(['cat', 'dog']);
    expect([...classesOf(files, ['3', '11', '3'])!.labels]).toEqual([3, 11, 3]);
    expect(classesOf(files, ['one', 'one', 'one'])).toBeUndefined();
  });

  it('become one array for the model', async () => {
    const input: GraphValue = { name: 'image', dtype: 'F32', shape: ['batch', 3, 1, 2] };
    const sizes: object[] = [];
    const decode: DecodeImage = async (_, place) => {
      const placement = place({ width: 4, height: 2 });
      sizes.push(placement.into);
      return { pixels, placement };
    };
    const files = [new File([], 'a.png'), new File([], 'b.png')];
    const dataset = await imageInputs([input], { files, preprocessing }, decode, () => {});
    expect(dataset).toMatchObject({ title: '2 images', samples: 2, labelled: false });
    expect(dataset.batches[0]!.feeds.get('image')!.shape).toEqual([2, 3, 1, 2]);
    expect(sizes).toEqual([
      { width: 2, height: 1 },
      { width: 2, height: 1 },
    ]);
  });

  it('that are lines are as wide as they are, with nothing behind short ones', async () => {
    const input: GraphValue = { name: 'x', dtype: 'F32', shape: ['n', 3, 1, ''] };
    const widths = new Map([
      ['a.png', 1],
      ['b.png', 2],
      ['c.png', 4],
    ]);
    const decode: DecodeImage = async (file, place) => {
      const placement = place({ width: widths.get((file as File).name)!, height: 1 });
      return { pixels: new Uint8Array(placement.into.width * 4).fill(255), placement };
    };
    const files = [...widths.keys()].map((name) => new File([], name));
    const line = { ...preprocessing, resize: 'line', normalisation: 'centred', size: [1, 2] } as const;
    const { batches } = await imageInputs([input], { files, preprocessing: line }, decode, () => {});
    expect(batches.map(({ feeds }) => feeds.get('x')!.shape)).toEqual([
      [2, 3, 1, 2],
      [1, 3, 1, 4],
    ]);
    const [short] = batches;
    expect([...toFloats(short!.feeds.get('x')!)]).toEqual([1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]);
  });

  it('given as grey to a model of three channels have it in each', () => {
    const grey = toChannels(pixels, 3, { ...preprocessing, channels: 'grey' });
    expect(grey[0]).toBeCloseTo(76.245, 3);
    expect([grey[2], grey[4]]).toEqual([grey[0], grey[0]]);
  });

  it('are refused in one sentence where they do not fit', async () => {
    const decode: DecodeImage = async () => {
      throw new Error('InvalidStateError');
    };
    const files = [new File([], 'notes.txt')];
    const give = (input: GraphValue, change: Partial<ImagePreprocessing> = {}) =>
      imageInputs([input], { files, preprocessing: { ...preprocessing, ...change } }, decode, () => {});
    await expect(give({ ...image, shape: ['n', 3, 4, 4] })).rejects.toThrow(/notes.txt is no image/);
    await expect(give({ ...image, shape: ['n', 3, 4, 4] }, { layout: 'NHWC' })).rejects.toThrow(/4 channels as NHWC/);
    await expect(give({ ...image, shape: ['n', 3, '', ''] })).rejects.toThrow(/images of any size/);
    await expect(give(image)).rejects.toThrow(/four axes/);
  });
});
