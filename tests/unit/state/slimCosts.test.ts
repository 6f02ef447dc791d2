import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/pruning/resolution';
import { effectiveCosts, macsByTensor } from '../../../src/state/slimCosts';
import { checkpoint } from './fakeEngine';

const { layers } = checkpoint('model.onnx');
const outcome = (zeros: number): Outcome => ({ rule: 0, program: [], pruned: zeros, zeros, exact: true });
const costs = {
  nodes: [
    { tensor: 0, node: 0, operator: 'Conv', macs: 800, effective: 700, parameters: 8 },
    { node: 1, operator: 'MatMul', macs: 50, effective: 50, parameters: 0 },
    { tensor: 2, node: 2, operator: 'Gemm', macs: 100, effective: 100, parameters: 4 },
    { tensor: 2, node: 3, operator: 'Gemm', macs: 100, effective: 100, parameters: 4 },
  ],
  macs: 1050,
  effective: 950,
  parameters: 16,
};

describe('what a model costs as its recipe leaves it', () => {
  it('counts a tensor that several layers multiply with in each of them', () => {
    expect(macsByTensor(costs).get(2)).toEqual({ macs: 200, effective: 200 });
  });

  it('leaves multiplications by zeros out: those of the recipe, else those of the file', () => {
    const [zeros] = [layers[0]!.statistics!.zeros];
    const asItIs = effectiveCosts(costs, layers, new Map());
    expect(asItIs).toEqual({ macs: 1050, effective: 950, parameters: 16, nonzero: 16 - zeros });
    const pruned = effectiveCosts(costs, layers, new Map([[2, outcome(1)]]));
    expect(pruned.effective).toBe(950 - 200 / 4);
    expect(pruned.nonzero).toBe(16 - zeros - 1);
  });
});
