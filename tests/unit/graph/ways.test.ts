/** What leads around a layer, and whose outputs are the model's. */
import { expect, it } from 'vitest';
import { openFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { float, node } from '../formats/onnx/models';
import { model, record, text } from '../formats/onnx/protobuf';

function graphOf(nodes: readonly Uint8Array[], weights: readonly string[], outputs: readonly string[] = ['y']) {
  const value = (field: number, name: string) => record(field, text(1, name));
  const tensors = weights.map((name) => record(5, float(4, 4), text(8, name)));
  const parts = [
    ...nodes.map((each) => record(1, each)),
    ...tensors,
    value(11, 'x'),
    ...outputs.map((name) => value(12, name)),
  ];
  return new Uint8Array(model(record(7, ...parts)));
}

async function waysIn(...made: Parameters<typeof graphOf>) {
  const file = new File([graphOf(...made)], 'model.onnx');
  const { opened } = (await openFile(file, loadWasmKernels())).session;
  const named = (ids: readonly number[] = []) => ids.map((id) => opened.layers[id]!.name);
  return { onlyWays: named(opened.onlyWays), heads: named(opened.heads) };
}

const chain = [
  node('MatMul', ['x', 'first'], ['a']),
  node('Relu', ['a'], ['b']),
  node('MatMul', ['b', 'second'], ['c']),
  node('Softmax', ['c'], ['y']),
];

it('of a chain every layer is passed, and the last gives the outputs', async () => {
  expect(await waysIn(chain, ['first', 'second'])).toEqual({ onlyWays: ['first', 'second'], heads: ['second'] });
});

it('a sum leads around what is in a block, and not around what stands before and behind it', async () => {
  const nodes = [
    node('MatMul', ['x', 'stem'], ['a']),
    node('MatMul', ['a', 'up'], ['b']),
    node('Relu', ['b'], ['c']),
    node('MatMul', ['c', 'down'], ['d']),
    node('Add', ['a', 'd'], ['e']),
    node('MatMul', ['e', 'head'], ['y']),
  ];
  const found = await waysIn(nodes, ['stem', 'up', 'down', 'head']);
  expect(found).toEqual({ onlyWays: ['stem', 'head'], heads: ['head'] });
});

it('of branches each has others beside it, and each gives outputs', async () => {
  const nodes = [
    node('MatMul', ['x', 'stem'], ['a']),
    node('MatMul', ['a', 'boxes'], ['y']),
    node('MatMul', ['a', 'classes'], ['b']),
    node('Sigmoid', ['b'], ['z']),
  ];
  expect(await waysIn(nodes, ['stem', 'boxes', 'classes'], ['y', 'z'])).toEqual({
    onlyWays: ['stem'],
    heads: ['boxes', 'classes'],
  });
});

it('what is fed past everything is a way around', async () => {
  expect((await waysIn(chain, ['first', 'second'], ['y', 'x'])).onlyWays).toEqual([]);
});
