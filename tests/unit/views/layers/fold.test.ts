import { describe, expect, it } from 'vitest';
import { foldedIn, foldedKinds } from '../../../../src/views/layers/fold';
import { rowsOf } from '../../../../src/views/layers/rows';
import { counter, layer, norm } from './layers';

const layers = [
  layer(0, 'conv1.weight'),
  norm(1, 'bn1.weight'),
  layer(2, 'bn1.bias', { kind: 'bias', byDefault: false }),
  counter(3, 'bn1.num_batches_tracked'),
  layer(4, 'embed.weight', { kind: 'embedding', byDefault: false }),
  layer(5, 'strange', { kind: 'unknown', byDefault: false }),
  { ...counter(6, 'fc.qweight'), shape: [512, 64], numel: 512 * 64 },
  { ...counter(7, 'position_ids'), shape: [1, 8192], numel: 8192 },
  layer(8, 'Constant_6_output_0', { kind: 'parameter', byDefault: false, shape: [], numel: 1 }),
];
const folded = (rows: typeof layers, ...isIn: number[]) => [...foldedIn(rowsOf(rows), (id) => isIn.includes(id))];

describe('rows that fold away', () => {
  it('are norms, biases, buffers, integers and single numbers, and never what may be weights', () => {
    expect(folded(layers)).toEqual([1, 2, 3, 7, 8]);
  });

  it('are none that something prunes', () => {
    expect(folded(layers, 0, 1)).toEqual([2, 3, 7, 8]);
  });

  it('are none where nothing else is there, or where they are few', () => {
    expect(folded([norm(0, 'a'), norm(1, 'b'), norm(2, 'c'), norm(3, 'd')])).toEqual([]);
    expect(folded([layer(0, 'a'), norm(1, 'b'), norm(2, 'c')])).toEqual([]);
  });

  it('are told by their kinds, the most first', () => {
    const kinds = foldedKinds([layers[2]!, layers[3]!, layers[7]!]);
    expect(kinds.map(({ kind, layers: { length } }) => [kind, length])).toEqual([
      ['integer', 2],
      ['bias', 1],
    ]);
  });
});
