import { expect, it } from 'vitest';
import { onlyWaysInChain } from '../../../src/pruning/chain';
import type { Candidate } from '../../../src/pruning/resolution';
import type { LayerKind } from '../../../src/tensors/tensor';
import { candidatesOf, tensorOf } from './support';

type Widths = readonly [name: string, inputs: number, outputs: number, kind?: LayerKind];

function layers(...widths: readonly Widths[]): Candidate[] {
  const tensors = widths.map(([name, inputs, outputs, kind = 'linear'], id) =>
    tensorOf('F32', new Uint8Array(inputs * outputs * 4), { id, name, shape: [outputs, inputs], kind }),
  );
  return candidatesOf(tensors);
}

const chain: readonly Widths[] = [
  ['conv1.weight', 3, 8],
  ['conv2.weight', 8, 16],
  ['fc1.weight', 16 * 4, 32],
  ['fc2.weight', 32, 10],
];

it('all of a chain whose widths never come again is passed by everything', () => {
  expect(onlyWaysInChain(layers(...chain))).toEqual([0, 1, 2, 3]);
});

it('a sum may lead past layers between two places of one width', () => {
  const widths: Widths[] = [
    ['in.weight', 3, 8],
    ['wide.weight', 8, 32],
    ['narrow.weight', 32, 8],
    ['out.weight', 8, 10],
  ];
  expect(onlyWaysInChain(layers(...widths))).toEqual([0, 3]);
});

it.each<[string, readonly Widths[]]>([
  ['branches', [...chain, ['side.weight', 5, 7]]],
  [
    'numbered blocks',
    [
      ['layer1.0.conv1.weight', 3, 8],
      ['layer1.0.conv2.weight', 8, 16],
    ],
  ],
  ['what is no layer of known widths', [...chain, ['embed.weight', 10, 12, 'embedding']]],
])('nothing is said of %s', (_, widths) => {
  expect(onlyWaysInChain(layers(...widths))).toEqual([]);
});
