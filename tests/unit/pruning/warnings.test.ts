import { describe, expect, it } from 'vitest';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { warningsFor } from '../../../src/pruning/warnings';
import type { LayerKind } from '../../../src/tensors/tensor';
import { candidatesOf, recipeOf, settled, type Tensor, tensorOf } from './support';

function tensor(id: number, values: readonly number[], kind: LayerKind = 'linear'): Tensor {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return tensorOf('F32', bytes, { id, kind, byDefault: kind === 'linear' });
}

function threshold(at: number, ...tensors: string[]): Rule {
  const names = tensors.length > 0 ? { tensors } : {};
  return { ...names, criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { threshold: at } };
}

/** Nothing leads around any of the tensors. */
function warningsOf(tensors: readonly Tensor[], ...rules: Rule[]) {
  const onlyWays = new Set(tensors.map(({ candidate }) => candidate.id));
  return warningsFor(candidatesOf(tensors), settled(recipeOf(...rules), tensors), onlyWays);
}

const ramp = Array.from({ length: 100 }, (_, i) => i + 1);

describe('a warning', () => {
  it('of danger: a layer with nothing left', () => {
    expect(warningsOf([tensor(0, ramp), tensor(1, [1, -1])], threshold(1))).toEqual([
      {
        code: 'layer-emptied',
        severity: 'danger',
        text: 'Nothing is left of layer1.weight: the model computes nothing.',
        tensors: [1],
      },
    ]);
  });

  it('says of a layer that others lead around only what it gives itself', () => {
    const tensors = [tensor(0, ramp), tensor(1, [1, -1])];
    const resolution = settled(recipeOf(threshold(1)), tensors);
    expect(warningsFor(candidatesOf(tensors), resolution, new Set([0]))).toEqual([
      {
        code: 'layer-silent',
        severity: 'warning',
        text: 'Nothing is left of layer1.weight: it gives nothing but zeros, or a bias.',
        tensors: [1],
      },
    ]);
  });

  it('comes where less than a twentieth is left, not where a twentieth is', () => {
    expect(warningsOf([tensor(0, ramp)], threshold(96)).map(({ code }) => code)).toEqual(['layer-nearly-emptied']);
    expect(warningsOf([tensor(0, ramp)], threshold(95))).toEqual([]);
  });

  it.each(['norm', 'bias', 'prelu', 'buffer'] as const)('comes for %s values that go', (kind) => {
    const tensors = [tensor(0, ramp), tensor(1, ramp, kind)];
    expect(warningsOf(tensors, threshold(5), threshold(5, 'layer1.weight'))).toMatchObject([
      { code: 'delicate-pruned', severity: 'warning', tensors: [1] },
    ]);
    expect(warningsOf(tensors, threshold(5), threshold(0, 'layer1.weight'))).toEqual([]);
    expect(warningsOf(tensors, threshold(5))).toEqual([]);
  });

  it('comes for NaN and infinities, whether or not their layer is pruned', () => {
    const tensors = [tensor(0, ramp), tensor(1, [1, Number.NaN]), tensor(2, [Number.POSITIVE_INFINITY, 2], 'norm')];
    expect(warningsOf(tensors, threshold(0.5))).toMatchObject([
      { code: 'non-finite', tensors: [1, 2] },
      { code: 'nothing-pruned' },
    ]);
  });

  it('comes where a pattern leaves something over', () => {
    const pattern: Rule = { criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' };
    const tensors = [100, 98, 3].map((count, id) => tensor(id, ramp.slice(0, count)));
    expect(warningsOf(tensors, pattern)).toEqual([
      {
        code: 'pattern-tail',
        severity: 'warning',
        text: 'The n:m pattern does not divide the inputs of layer1.weight, layer2.weight: what is left over stays dense.',
        tensors: [1, 2],
      },
    ]);
  });

  it('names three layers, and counts the rest', () => {
    const tensors = [0, 1, 2, 3, 4].map((id) => tensor(id, [1]));
    const [{ text, tensors: about } = { text: '', tensors: [] }] = warningsOf(tensors, threshold(1));
    expect(text).toBe(
      'Nothing is left of layer0.weight, layer1.weight, layer2.weight and 2 more: the model computes nothing.',
    );
    expect(about).toEqual([0, 1, 2, 3, 4]);
  });

  it('is not raised by what was zero before', () => {
    expect(warningsOf([tensor(0, ramp), tensor(1, [0, 0, 0])], threshold(1))).toEqual([]);
  });

  it('puts the worst first', () => {
    const tensors = [tensor(0, ramp), tensor(1, [1]), tensor(2, [Number.NaN, 3])];
    expect(warningsOf(tensors, threshold(96)).map(({ severity }) => severity)).toEqual([
      'danger',
      'warning',
      'warning',
    ]);
  });
});

describe('nothing pruned', () => {
  const original = 'Nothing is pruned yet: the export is the original, byte for byte.';

  it.each([
    ['by no rules', []],
    ['by a rule that reaches no weight', [threshold(0.5)]],
  ] satisfies [string, Rule[]][])('%s is the original', (_, rules) => {
    expect(warningsOf([tensor(0, ramp)], ...rules)).toEqual([
      { code: 'nothing-pruned', severity: 'info', text: original, tensors: [] },
    ]);
  });

  it('but zeros may cost them their sign', () => {
    const [warning] = warningsOf([tensor(0, [-0, 0, 1])], threshold(0.5));
    expect(warning).toMatchObject({
      code: 'nothing-pruned',
      text: 'Only zeros are pruned: no weight changes its value.',
    });
  });

  it('is not said once a single weight goes', () => {
    const recipe: Recipe = recipeOf(threshold(1));
    const tensors = [tensor(0, ramp)];
    expect(warningsFor(candidatesOf(tensors), settled(recipe, tensors), new Set())).toEqual([]);
  });
});

describe('a warning of what a tensor is', () => {
  const codes = (tensors: readonly Tensor[], ...rules: Rule[]) => warningsOf(tensors, ...rules).map(({ code }) => code);

  it('comes for a router that loses weights', () => {
    const [warning] = warningsOf([tensor(0, ramp, 'router')], threshold(10, 'layer0.weight'));
    expect(warning).toMatchObject({ code: 'router-pruned', severity: 'warning', tensors: [0] });
    expect(warning!.text).toMatch(/^layer0\.weight sends tokens to experts/);
  });

  it("comes for a fixed ramp, as of YOLO's distribution focal loss", () => {
    const fixed = Array.from({ length: 16 }, (_, i) => i);
    expect(codes([tensor(0, fixed)], threshold(3))).toEqual(['fixed-pruned']);
    expect(codes([tensor(0, [...fixed.slice(0, 15), 14])], threshold(3))).toEqual([]);
    expect(codes([tensor(0, fixed)], threshold(0))).toEqual(['nothing-pruned']);
  });

  it('comes for matrices of unknown use that are a good part of the model, or larger than one that is in', () => {
    const matrix = (id: number, count: number, kind: LayerKind) =>
      tensor(
        id,
        Array.from({ length: count }, (_, i) => i + 1),
        kind,
      );
    const inside = matrix(0, 100, 'linear');
    expect(warningsOf([inside, matrix(1, 12, 'unknown')], threshold(1)).at(-1)).toEqual({
      code: 'unknown-off',
      severity: 'warning',
      text: 'Nothing in the file tells what layer1.weight is used for, so it is off: 12 of 112 weights.',
      tensors: [1],
    });
    expect(codes([inside, matrix(1, 10, 'unknown')], threshold(1))).toEqual([]);
    expect(codes([inside, matrix(1, 9, 'linear'), matrix(2, 10, 'unknown')], threshold(1))).toEqual(['unknown-off']);
    expect(codes([inside, matrix(1, 50, 'unknown')], threshold(1), threshold(1, 'layer1.weight'))).toEqual([]);
  });
});
