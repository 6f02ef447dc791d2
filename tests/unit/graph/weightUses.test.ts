import { describe, expect, it } from 'vitest';
import { weightUses } from '../../../src/graph/weightUses';
import { openBytes } from '../formats/onnx/goldens';
import { constantInts, float, modelOf, node } from '../formats/onnx/models';

async function usesIn(nodes: readonly Uint8Array[], initializers: Readonly<Record<string, Uint8Array>>) {
  const { graph, tensors } = await openBytes(modelOf(nodes, initializers));
  const named = weightUses(graph!).map(({ tensor, ...use }) => [tensors[tensor]!.name, use] as const);
  return { names: named.map(([name]) => name), uses: new Map(named) };
}

describe('the uses of weights in a graph', () => {
  it('come in the order of nodes, a weight’s use as a weight before others', async () => {
    const nodes = [node('Neg', ['w'], ['n']), node('MatMul', ['x', 'v'], ['a']), node('MatMul', ['a', 'w'], ['y'])];
    const { names, uses } = await usesIn(nodes, { w: float(3, 3), v: float(3, 3) });
    expect(names).toEqual(['v', 'w']);
    expect(uses.get('w')).toMatchObject({ node: { opType: 'MatMul' }, channels: { activation: 'a' } });
  });

  it.each([
    ['MatMul', ['x', 'w'], {}, { activationAxis: -1, weightAxis: 0, groups: 1 }],
    ['MatMul', ['w', 'x'], {}, { activationAxis: -2, weightAxis: 1, groups: 1 }],
    ['Gemm', ['x', 'w'], { transB: 1, transA: 1 }, { activationAxis: -2, weightAxis: 1, groups: 1 }],
    ['Gemm', ['w', 'x'], { transA: 1, transB: 1 }, { activationAxis: -1, weightAxis: 0, groups: 1 }],
  ] as const)('say of %s(%s) %o where the input channels are', async (opType, inputs, attributes, channels) => {
    const { uses } = await usesIn([node(opType, inputs, ['y'], attributes)], { w: float(3, 4) });
    expect(uses.get('w')!.channels).toEqual({ activation: 'x', ...channels });
  });

  it('say it of convolutions with their groups', async () => {
    const nodes = [
      node('Conv', ['x', 'w'], ['a'], { group: 2 }),
      node('ConvTranspose', ['a', 'v'], ['y'], { group: 2 }),
    ];
    const { uses } = await usesIn(nodes, { w: float(4, 3, 1, 1), v: float(4, 3, 1, 1) });
    expect(uses.get('w')!.channels).toEqual({ activation: 'x', activationAxis: 1, weightAxis: 1, groups: 2 });
    expect(uses.get('v')!.channels).toEqual({ activation: 'a', activationAxis: 1, weightAxis: 0, groups: 1 });
  });

  it('say it where a weight was turned or given axes of one, and not where it is other numbers, or in another order', async () => {
    const nodes = [
      node('Transpose', ['turned'], ['t']),
      node('MatMul', ['x', 't'], ['a']),
      node('Unsqueeze', ['kernel', 'axis'], ['k']),
      node('Conv', ['c', 'k'], ['b']),
      node('Gather', ['picked', 'order'], ['p']),
      node('MatMul', ['x', 'p'], ['d']),
      node('Mul', ['scaled', 'scale'], ['s']),
      node('MatMul', ['x', 's'], ['e']),
      node('Reshape', ['cut', 'shape'], ['r']),
      node('MatMul', ['x', 'r'], ['f']),
    ];
    const { uses } = await usesIn(nodes, {
      ...{ turned: float(4, 3), kernel: float(2, 3), axis: constantInts(2), picked: float(3, 4) },
      ...{
        order: constantInts(2, 1, 0),
        scaled: float(3, 4),
        scale: float(3, 4),
        cut: float(6, 2),
        shape: constantInts(3, 4),
      },
    });
    expect(uses.get('turned')!.channels).toMatchObject({ activation: 'x', weightAxis: 1 });
    expect(uses.get('kernel')!.channels).toMatchObject({ activation: 'c', weightAxis: 1 });
    for (const name of ['picked', 'scaled', 'cut']) {
      expect(uses.get(name)!.node.opType).toBe('MatMul');
      expect(uses.get(name)!.channels).toBeUndefined();
    }
  });
});
