import { type Field, invalid, list, number, object, type ValueOf } from '../fields';
import { rectanglesIn } from './across';
import type { GranularityRecord } from './granularity';

const sizes = list(number('a whole number from 1', { least: 1, isWhole: true }));

const size: Field<readonly [number, number]> = {
  read(path, value) {
    const read = sizes.read(path, value);
    const [outputs, inputs] = read;
    if (outputs === undefined || inputs === undefined || read.length !== 2) {
      throw invalid(path, `${path} should be two numbers, outputs and inputs, but has ${read.length}.`);
    }
    return [outputs, inputs];
  },
  write: (value) => value,
  schema: (shared) => ({ ...sizes.schema(shared), minItems: 2, maxItems: 2 }),
};

const field = object('this granularity', { block: size });

/** Longer than any dimension that is pruned in blocks. */
const longestSide = 2 ** 20;

/** Rectangles of r outputs by c inputs, by their L1 norm; of a convolution, r x c whole kernels. */
export const block: GranularityRecord<ValueOf<typeof field>> = {
  key: 'block',
  field,
  takes: 'groups',
  noun: 'block',
  groupsIn: (value, tensor) => rectanglesIn('block', tensor, value.block),
  description: (value) => `blocks of ${value.block.join(' x ')} (L1 norm)`,
  scoreText: ({ axes }, of) =>
    `${of ?? 'norm'} of ${axes
      .slice(-2)
      .map((each) => each.size)
      .join(' x ')} blocks`,
  chip: (value) => value.block.join('×'),
  choices: () => [
    {
      id: 'block',
      label: 'blocks (r × c)',
      help: 'r outputs by c inputs, by their L1 norm (block sparsity).',
      is: () => true,
      make: () => ({ block: [4, 4] }),
    },
  ],
  settings: ({ block: [r, c] }) => [
    {
      label: 'Outputs r',
      help: 'Rows of a block; the last may be lower (block).',
      value: r,
      least: 1,
      most: longestSide,
      with: (outputs) => ({ block: [outputs, c] }),
    },
    {
      label: 'Inputs c',
      help: 'Columns of a block; the last may be narrower (block).',
      value: c,
      least: 1,
      most: longestSide,
      with: (inputs) => ({ block: [r, inputs] }),
    },
  ],
  python: {
    parts: ['blocks'],
    groups: (value, { outputs, inputs }) => `blocks(layers[name], ${outputs}, ${inputs}, ${value.block.join(', ')})`,
  },
};
