import { describe, expect, it } from 'vitest';
import { factorsOf, inputGroupsOf } from '../../../src/engine/passes/inputNorms';
import { axesAt } from '../../../src/tensors/axes';
import { contiguousStrides } from '../../../src/tensors/tensor';

const conv = { shape: [12, 4, 3, 3], axes: axesAt(0, 1) };

describe('groups of inputs', () => {
  it.each([
    { inputs: 4, groups: 1 },
    { inputs: 8, groups: 2 },
    { inputs: 48, groups: 12 },
    { inputs: 20, groups: undefined },
    { inputs: 6, groups: undefined },
    { inputs: 2, groups: undefined },
    { inputs: 0, groups: undefined },
  ])('of a convolution that multiplies $inputs: $groups', ({ inputs, groups }) => {
    expect(inputGroupsOf(conv, inputs)).toBe(groups);
  });

  it('are one for a linear layer and a transposed convolution', () => {
    expect(inputGroupsOf({ shape: [6, 4], axes: axesAt(0, 1) }, 8)).toBeUndefined();
    const transposed = { shape: [6, 2, 2, 2], axes: axesAt(1, 0) };
    expect(inputGroupsOf(transposed, 6)).toBe(1);
    expect(inputGroupsOf(transposed, 12)).toBeUndefined();
    expect(inputGroupsOf({ shape: [6] }, 6)).toBeUndefined();
  });
});

describe('factors', () => {
  const shape = [6, 2, 3, 2];
  const inputs = 4;
  const norms = Float32Array.from({ length: inputs }, (_, i) => i + 1);

  it.each([
    { order: 'row by row', axes: [0, 1, 2, 3] },
    { order: 'channels last', axes: [0, 2, 3, 1] },
    { order: 'outputs last', axes: [2, 3, 1, 0] },
    { order: 'inputs first', axes: [1, 2, 0, 3] },
  ])('are those of the channel that each weight multiplies, stored $order', ({ axes }) => {
    const stored = contiguousStrides(axes.map((axis) => shape[axis]!));
    const strides = shape.map((_, axis) => stored[axes.indexOf(axis)]!);
    const { factors, stride } = factorsOf(norms, { shape, axes: axesAt(0, 1) }, strides, 'conv');
    // torch.nn.Conv2d(4, 6, (3, 2), groups=2): outputs 0 to 2 see channels 0 and 1, outputs 3 to 5 channels 2 and 3.
    for (let output = 0; output < 6; output++) {
      for (let input = 0; input < 2; input++) {
        for (let place = 0; place < 6; place++) {
          const index = [output, input, Math.floor(place / 2), place % 2];
          const at = index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
          expect(factors[Math.floor(at / stride) % factors.length]).toBe((output < 3 ? 1 : 3) + input);
        }
      }
    }
  });

  it('of one group are the norms themselves', () => {
    expect(factorsOf(norms, { shape: [5, 4, 3, 3], axes: axesAt(0, 1) }, [36, 9, 3, 1], 'conv')).toEqual({
      factors: norms,
      stride: 9,
    });
  });
});
