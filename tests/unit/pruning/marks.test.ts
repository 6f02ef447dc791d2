import { describe, expect, it } from 'vitest';
import { type MarkedLayer, marksOf, placesText } from '../../../src/pruning/marks/marks';
import type { RowFindings } from '../../../src/tensors/findings';
import type { TensorStatistics } from '../../../src/tensors/statistics';

const none = new Uint32Array();
const histogram = { firstBin: 0, positive: none, negative: none };
const usual: TensorStatistics = {
  ...{ count: 4096, zeros: 0, nan: 0, inf: 0, min: -0.1, max: 0.1, mean: 0, std: 0.03, histogram },
};
const rows: RowFindings = { rows: 64, dead: none, twins: none };

function layer(name: string, own: Partial<MarkedLayer> = {}, statistics: Partial<TensorStatistics> = {}): MarkedLayer {
  return { id: 0, name, kind: 'linear', shape: [64, 64], ...own, statistics: { ...usual, ...statistics } };
}

function textsOf(of: MarkedLayer, found: Partial<RowFindings> = {}, left?: Partial<RowFindings>) {
  const facts = {
    rows: new Map([[0, { ...rows, ...found }]]),
    ...(left && { left: new Map([[0, { ...rows, ...left }]]) }),
  };
  return marksOf([of], facts).map(({ code, marks }) => `${code}: ${marks[0]!.name} ${marks[0]!.text}`);
}

describe('marks', () => {
  it('are none of weights as they usually are', () => {
    expect(textsOf(layer('fc.weight'))).toEqual([]);
  });

  it('name NaN and infinities, before all else', () => {
    expect(textsOf(layer('fc.weight', {}, { nan: 3, inf: 1 }))).toEqual([
      'not-finite: fc.weight holds 3 NaN and 1 infinite of 4,096 weights (0.1 %).',
    ]);
  });

  it('name dead filters, those that a recipe empties, and duplicates', () => {
    const found = { dead: Uint32Array.of(2, 5, 6, 7), twins: Uint32Array.of(9, 1, 12, 3) };
    expect(textsOf(layer('conv.weight', { kind: 'conv' }), found, { dead: Uint32Array.of(2, 5, 6, 7, 40) })).toEqual([
      'dead-rows: conv.weight has 4 of 64 filters that are zero: 2, 5–7.',
      'emptied-rows: conv.weight loses 1 of 64 filters whole: 40.',
      'twin-rows: conv.weight has 2 of 64 filters that are the same as an earlier one: 9 is 1, 12 is 3.',
    ]);
  });

  it('name a huge outlier with its place, and what leads out of an MLP a candidate for a super weight', () => {
    const largest = { value: -1.95, index: [3, 17] };
    expect(textsOf(layer('attn.q_proj.weight', {}, { min: -1.95 }), { largest })).toEqual([
      'outlier: attn.q_proj.weight has -1.95 at [3, 17], 65 standard deviations from its mean.',
    ]);
    const [group] = marksOf([layer('model.layers.2.mlp.down_proj.weight', {}, { min: -1.95 })], {});
    expect(group).toMatchObject({ code: 'super-weight', title: 'Candidates for a super weight', severity: 'warning' });
  });

  it('name constants', () => {
    expect(textsOf(layer('fc.weight', {}, { min: 0.5, max: 0.5, std: 0 }))).toEqual([
      'constant: fc.weight is 0.500 in all its 4,096 places.',
    ]);
  });

  it('shorten places', () => {
    expect(placesText([0, 2, 4, 6, 8, 10, 12, 13])).toBe('0, 2, 4, 6, 8, 10 and 2 more');
    expect(placesText([3, 4, 5])).toBe('3–5');
  });
});
