/** What is said of inputs that do not fit the model, before anybody tunes by them. */
import { expect, it } from 'vitest';
import { doubtsAbout } from '../../../src/evaluation/doubts';
import type { Batch } from '../../../src/evaluation/inputs/dataset';
import { fromNumbers } from '../../../src/evaluation/values';
import type { Graph, GraphNode } from '../../../src/tensors/graph/graph';

const classes = 10;
const samples = 200;

function node(opType: string, inputs: readonly string[], outputs: readonly string[]): GraphNode {
  return { name: '', opType, domain: '', overload: '', inputs, outputs, attributes: new Map() };
}

function graphOf(...operators: readonly string[]): Graph {
  const nodes = operators.map((opType, i) => node(opType, [i === 0 ? 'x' : `v${i}`], [`v${i + 1}`]));
  return {
    name: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    initializers: [],
    sparseInitializers: [],
    nodes,
  };
}

/** A model that is always right about `truth`, with other labels. */
function doubts(labels: readonly number[], truth: readonly number[], largest = 1, graph = graphOf('Conv')): string[] {
  const floats = Float32Array.from(truth.flatMap((right) => Array.from({ length: classes }, (_, i) => +(i === right))));
  const pixels = Array.from({ length: samples * 4 }, (_, i) => (i % 2) * largest);
  const x = fromNumbers('F32', [samples, 1, 2, 2], pixels);
  const batch: Batch = { samples, labels: Int32Array.from(labels), feeds: new Map([['x', x]]) };
  const plan = { outputs: [{ name: 'y' }], labelled: { name: 'y', classes } };
  return doubtsAbout({
    plan,
    outputs: [new Map([['y', { shape: [samples, classes], floats }]])],
    batches: [batch],
    graph,
  });
}

const truth = Array.from({ length: samples }, (_, i) => (i * 7) % classes);
const plusOne = truth.map((label) => label + 1);

it('nothing is said of inputs that fit', () => {
  expect(doubts(truth, truth)).toEqual([]);
});

it('labels that are counted from one are said to be', () => {
  expect(doubts(plusOne, truth)).toEqual([
    'The labels seem to be counted from 1: 0.0 % of them are right as they are, and 100.0 % with classes counted from 0.',
  ]);
});

it('labels that are no class are counted', () => {
  expect(doubts([12, -1, ...truth.slice(2)], truth)[0]).toContain(
    '2 of 200 labels are no class of this model, which has 10',
  );
});

it('a model that only guesses is not to be tuned by', () => {
  const shuffled = truth.map((label, i) => (i % 9 === 0 ? label : (label + 5) % classes));
  expect(doubts(shuffled, truth).join()).toContain('no better than guessing among 10 classes');
});

it.each([
  ['where the first layer takes them as they are', ['Conv'], 1],
  ['where they are only turned around first', ['Transpose', 'Cast', 'Conv'], 1],
  ['but not where the model scales them itself', ['Sub', 'Conv'], 0],
  ['but not where it does so a little later', ['Cast', 'Div', 'Conv'], 0],
])('pixels from 0 to 255 are doubted %s', (_, operators, count) => {
  expect(doubts(truth, truth, 255, graphOf(...operators))).toHaveLength(count);
});
