import { describe, expect, it } from 'vitest';
import { openDimensions, rolesOf, shapeInWords } from '../../../src/evaluation/inputs/axes';
import { layoutOf } from '../../../src/evaluation/inputs/imageSides';
import type { Dimension, GraphValue } from '../../../src/evaluation/protocol';
import type { GraphNode } from '../../../src/tensors/graph/graph';

function input(name: string, ...shape: Dimension[]): GraphValue {
  return { name, dtype: /ids|mask/.test(name) ? 'I64' : 'F32', shape };
}

function node(opType: string, from: string, to: string, perm?: readonly number[]): GraphNode {
  const attributes = new Map(perm && [['perm', { ints: perm, graphs: [] }]]);
  return { name: '', opType, domain: '', overload: '', inputs: [from, 'w'], outputs: [to], attributes };
}

const labels = (inputs: readonly GraphValue[]) => openDimensions(inputs).map(({ label }) => label);

describe('sizes that a graph leaves open are asked for in words', () => {
  it('as Paddle writes them, with a number for a name', () => {
    const x = input('x', 'p2o.DynamicDimension.0', 3, 48, 'p2o.DynamicDimension.1');
    expect(openDimensions([x])).toEqual([
      { name: 'p2o.DynamicDimension.0', label: 'Batch', about: 'x: batch × 3 × 48 × width', size: 8 },
      { name: 'p2o.DynamicDimension.1', label: 'Width', about: 'x: batch × 3 × 48 × width', size: 320 },
    ]);
  });

  it.each<[string, GraphValue[], string[]]>([
    ['images', [input('image', 'N', 3, 'h', 'w')], ['Batch', 'Height', 'Width']],
    ['images of channels last', [input('image', '', '', '', 3)], ['Batch', 'Height', 'Width']],
    ['tokens', [input('ids', 'batch', 'seq'), input('mask', 'batch', 'seq')], ['Batch', 'Length']],
    ['signals', [input('wave', 's0', 1, 's1')], ['Batch', 'Length']],
    ['features by step', [input('mel', 'x_dynamic_axes_1', 'x_dynamic_axes_2', 80)], ['Batch', 'Length']],
    ['a number without a meaning', [input('x', 1, 7, 7, 7, 7, 'odd_size')], ['Odd size']],
    ['nothing but a number', [input('x', 1, 7, 7, 7, 7, 'dim_5')], ['Axis 6 of x']],
    [
      'caches',
      [input('ids', 'batch', 'seq'), input('kv', 'batch', 8, 'past_sequence_length', 64)],
      ['Batch', 'Length', 'Past length'],
    ],
  ])('%s', (_, inputs, wanted) => {
    expect(labels(inputs)).toEqual(wanted);
  });

  it('and two of one meaning are told apart', () => {
    expect(labels([input('a_ids', 'batch', 'length_a'), input('b_ids', 'batch', 'length_b')])).toEqual([
      'Batch',
      'Length a',
      'Length b',
    ]);
    expect(labels([input('a_ids', 'dim_0', 'dim_1'), input('b_ids', 'dim_2', 'dim_3')])).toEqual([
      'Batch of a_ids',
      'Length of a_ids',
      'Batch of b_ids',
      'Length of b_ids',
    ]);
    const square = input('x', 'batch', 'seq_one', 'seq_two');
    expect(labels([square])).toEqual(['Batch', 'Seq one', 'Seq two']);
  });
});

describe('what an axis counts', () => {
  it('is what the first layer takes it for, whatever comes before', () => {
    const image = input('image', '', '', '', '');
    const nodes = [node('Sub', 'image', 'a'), node('Transpose', 'a', 'b', [0, 3, 1, 2]), node('Conv', 'b', 'c')];
    const roles = rolesOf(image, { nodes });
    expect(roles).toEqual(['batch', 'height', 'width', 'channels']);
    expect(layoutOf({ ...image, roles })).toBe('NHWC');
    expect(rolesOf(input('x', '', '', 40), { nodes: [node('LSTM', 'x', 'y')] })).toEqual([
      'length',
      'batch',
      'channels',
    ]);
  });

  it('is said in a shape, where that is not fixed', () => {
    expect(shapeInWords(input('x', 'unk__1', 3, 48, ''))).toBe('batch × 3 × 48 × width');
    expect(shapeInWords({ name: 'x', dtype: 'F32' })).toBe('any shape');
  });
});
