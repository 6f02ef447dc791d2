/** Network order, as PyTorch calls modules and as ONNX's own inliner puts nodes (tests/golden/onnx_order.py). */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import { outcomeRows } from '../../../src/reports/outcomeRows';
import type { Dimension, ValueInfo } from '../../../src/tensors/graph/graph';
import { inNetworkOrder, orderName } from '../../../src/tensors/layerOrder';
import { context, openFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { float, modelOf, node } from '../formats/onnx/models';

const folder = resolve(import.meta.dirname, '../../golden/files/onnx-order');

type GoldenValue = readonly [name: string, type: string, sizes: readonly Dimension[]];

interface Golden {
  readonly order: readonly string[];
  readonly amount?: number;
  readonly taken?: Readonly<Record<string, number>>;
  readonly inputs: readonly GoldenValue[];
  readonly outputs: readonly GoldenValue[];
}
const goldens = new Map<string, Golden>(Object.entries(JSON.parse(readFileSync(`${folder}/orders.json`, 'utf8'))));

async function open(bytes: Uint8Array<ArrayBuffer>) {
  const { session } = await openFile(new File([bytes], 'model.onnx'), loadWasmKernels());
  return session;
}

function openGolden(name: string) {
  return open(new Uint8Array(readFileSync(`${folder}/${name}.onnx`)));
}

async function namesInOrder(nodes: readonly Uint8Array[], names: readonly string[]): Promise<string[]> {
  const { opened } = await open(modelOf(nodes, Object.fromEntries(names.map((name) => [name, float(2, 2)]))));
  return inNetworkOrder(opened.layers, opened, ({ id }) => id).map(({ name }) => name);
}

it.each([...goldens])('a graph says what goes into %s and what comes out', async (name, { inputs, outputs }) => {
  const { main } = (await openGolden(name)).measurable.checkpoint.graph!;
  const asGolden = ({ name, dtype, shape }: ValueInfo) => [name, dtype === 'F32' ? 'FLOAT' : dtype, shape];
  expect(main.inputs.map(asGolden)).toEqual(inputs);
  expect(main.outputs.map(asGolden)).toEqual(outputs);
});

describe('network order', () => {
  it.each([...goldens])(
    'of %s is that in which its weights are used, not that in which they are listed',
    async (name, { order }) => {
      const { opened } = await openGolden(name);
      const listed = opened.layers.filter(({ shape }) => shape.length > 1);
      const shown = inNetworkOrder(listed, opened, ({ id }) => id);
      expect(shown.map((layer) => layer.name)).toEqual(order);
      expect(listed.map((layer) => layer.name)).toEqual([...order].sort());
      expect(orderName(opened)).toBe('network order');
    },
  );

  it('is that of reports, and an exact global amount still chooses among equals in the order of the file', async () => {
    const { order, amount, taken } = goldens.get('convolutions')!;
    const session = await openGolden('convolutions');
    const { opened } = session;
    const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { count: amount } };
    const recipe = parseRecipe(JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [rule] }));
    const { outcomes, pending } = await settle(recipe, candidatesOf(opened.layers), new AnswerCache(), (requests) =>
      session.lookUp(requests, context),
    );
    expect(pending).toEqual([]);
    const rows = outcomeRows({ ...opened, prunedName: '', recipe, outcomes }).filter(({ isIn }) => isIn);
    expect(rows.map(({ name }) => name)).toEqual(order);
    expect(Object.fromEntries(rows.map(({ name, zerosAfter }) => [name, zerosAfter]))).toEqual(taken);
  });

  it('puts nodes that stand before what they use behind it', async () => {
    const nodes = [
      node('MatMul', ['b', 'w3'], ['c']),
      node('MatMul', ['a', 'w2'], ['b']),
      node('MatMul', ['x', 'w1'], ['a']),
    ];
    expect(await namesInOrder(nodes, ['w1', 'w2', 'w3'])).toEqual(['w1', 'w2', 'w3']);
    expect(await namesInOrder(nodes, ['w3', 'w2', 'w1'])).toEqual(['w1', 'w2', 'w3']);
  });

  it('puts a weight where it is multiplied with, not where it is turned', async () => {
    const turned = ['w2', 'w1'].map((name) => node('Transpose', [name], [`${name}t`], { perm: [1, 0] }));
    const nodes = [...turned, node('MatMul', ['x', 'w1t'], ['a']), node('MatMul', ['a', 'w2t'], ['b'])];
    expect(await namesInOrder(nodes, ['w2', 'w1'])).toEqual(['w1', 'w2']);
  });

  it('puts last what nothing uses, and before it what waits for itself', async () => {
    const nodes = [node('MatMul', ['b', 'round'], ['b']), node('MatMul', ['x', 'used'], ['a'])];
    expect(await namesInOrder(nodes, ['idle', 'round', 'used'])).toEqual(['used', 'round', 'idle']);
  });

  it('is some order of all tensors, whatever the graph', async () => {
    const names = ['w0', 'w1', 'w2', 'w3'];
    const value = fc.constantFrom(...names, 'x', 'a', 'b', '');
    const nodes = fc.array(fc.tuple(fc.constantFrom('MatMul', 'Add', 'Transpose'), value, value, value), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(nodes, async (drawn) => {
        const shown = await namesInOrder(
          drawn.map(([opType, left, right, result]) => node(opType, [left, right], [result])),
          names,
        );
        expect([...shown].sort()).toEqual(names);
      }),
      { numRuns: 50 },
    );
  });
});
