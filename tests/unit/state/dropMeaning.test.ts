/** What files mean that are given: by what is open, as a table. */
import { describe, expect, it } from 'vitest';
import type { Likeness } from '../../../src/engine/reading/likeness';
import { filesToOpen, type Given, hasToCompare, meaningOf, type Situation } from '../../../src/state/dropMeaning';

const file = (name: string) => new File([''], name);
const nothing: Given = { checkpoints: [], graphs: [], hasWeights: false, arrays: [], images: [] };
const checkpoint: Given = { ...nothing, checkpoints: [file('b.pth')] };
const onnx = file('a.onnx');
const graph: Given = { ...nothing, checkpoints: [onnx], graphs: [onnx] };
const together: Given = { ...graph, checkpoints: [onnx, file('b.pth')], hasWeights: true };
const arrays: Given = { ...nothing, arrays: [file('test.npz')] };
const images: Given = { ...nothing, images: [file('cat.png')] };
const modelAndArrays: Given = { ...checkpoint, ...{ arrays: arrays.arrays } };
const modelAndImages: Given = { ...checkpoint, ...{ images: images.images } };

const weightsOpen = { isGraph: false, isUnsaved: false };
const graphOpen = { isGraph: true, isUnsaved: false };
const unsaved = { isGraph: false, isUnsaved: true };

const likeness: Likeness = { fileName: 'a.onnx', graph: true, weights: 6, ofSameShape: 6, ofSameName: 6 };
const unlike: Likeness = { ...likeness, ofSameShape: 2, ofSameName: 0 };
const weightsLike: Likeness = { ...likeness, graph: false };

interface Case {
  readonly it: string;
  readonly given: Given;
  readonly way?: Situation['way'];
  readonly open?: Situation['open'];
  readonly likeness?: Likeness;
  readonly means: string;
}

const cases: readonly Case[] = [
  { it: 'a checkpoint where nothing is open', given: checkpoint, means: 'open, none' },
  {
    it: 'a checkpoint over one that is as it was',
    given: checkpoint,
    open: weightsOpen,
    likeness: weightsLike,
    means: 'ask what it is, none',
  },
  {
    it: 'a checkpoint chosen over one that is as it was',
    given: checkpoint,
    way: 'chosen',
    open: weightsOpen,
    means: 'open, none',
  },
  {
    it: 'a checkpoint over unsaved work',
    given: checkpoint,
    open: unsaved,
    likeness: weightsLike,
    means: 'ask what it is, none',
  },
  {
    it: 'a checkpoint chosen over unsaved work',
    given: checkpoint,
    way: 'chosen',
    open: unsaved,
    likeness: weightsLike,
    means: 'ask what it is, none',
  },
  { it: 'a graph of the open weights', given: graph, open: weightsOpen, likeness, means: 'ask whether graph, none' },
  { it: 'a graph of unsaved weights', given: graph, open: unsaved, likeness, means: 'ask whether graph, none' },
  { it: 'a graph of other weights', given: graph, open: weightsOpen, likeness: unlike, means: 'ask what it is, none' },
  {
    it: 'a graph of other weights over unsaved work',
    given: graph,
    open: unsaved,
    likeness: unlike,
    means: 'ask what it is, none',
  },
  { it: 'a graph over a graph', given: graph, open: graphOpen, likeness, means: 'ask what it is, none' },
  { it: 'a graph that was chosen', given: graph, way: 'chosen', open: weightsOpen, means: 'open, none' },
  { it: 'arrays beside a model', given: arrays, open: weightsOpen, means: 'none, use' },
  { it: 'images beside a model with unsaved work', given: images, open: unsaved, means: 'none, use' },
  { it: 'arrays where nothing is open', given: arrays, means: 'open, none' },
  { it: 'arrays that were chosen', given: arrays, way: 'chosen', open: weightsOpen, means: 'open, none' },
  { it: 'a model with its inputs', given: modelAndArrays, means: 'open, keep' },
  {
    it: 'a model with pictures of anything',
    given: modelAndImages,
    open: weightsOpen,
    likeness: weightsLike,
    means: 'ask what it is, none',
  },
  { it: 'weights with their graph', given: together, means: 'open, none' },
  {
    it: 'weights with their graph over weights',
    given: together,
    open: weightsOpen,
    likeness: weightsLike,
    means: 'ask what it is, none',
  },
  { it: 'nothing but a recipe', given: nothing, open: unsaved, means: 'none, none' },
];

describe('what is dropped means', () => {
  it.each(cases)('$it: $means', ({ given, way = 'dropped', open, likeness, means }) => {
    const situation: Situation = { way, ...(open && { open }) };
    const { checkpoint, inputs } = meaningOf(given, situation, likeness);
    expect(`${checkpoint}, ${inputs}`).toBe(means);
    expect(hasToCompare(given, situation)).toBe(likeness !== undefined);
  });

  it('what is no input goes to the engine, which names it', () => {
    const names = (given: Given, situation: Situation) => filesToOpen(given, situation).map(({ name }) => name);
    expect(names(arrays, { way: 'dropped' })).toEqual(['test.npz']);
    expect(names(arrays, { way: 'dropped', open: weightsOpen })).toEqual([]);
    expect(names(modelAndArrays, { way: 'dropped' })).toEqual(['b.pth']);
    // A graph beside weights is looked at once they are open.
    expect(names(together, { way: 'dropped' })).toEqual(['b.pth']);
    expect(names(modelAndArrays, { way: 'chosen' })).toEqual(['b.pth', 'test.npz']);
    expect(names(modelAndImages, { way: 'dropped', open: weightsOpen })).toEqual(['b.pth', 'cat.png']);
  });
});
