import { kernelAxesOf } from '../../tensors/axes';
import { constant } from '../fields';
import { narrow } from '../refusal';
import { rectanglesIn } from './across';
import type { GranularityRecord } from './granularity';

/** Each kernel of a convolution: the slice of one output and one input, scored by its L1 norm. */
export const kernel: GranularityRecord<'kernel'> = {
  key: 'kernel',
  field: constant('kernel'),
  takes: 'groups',
  noun: 'kernel',
  groupsIn(_, tensor) {
    const groups = rectanglesIn('kernel', tensor, [1, 1]);
    if ('why' in groups || kernelAxesOf(tensor).length > 0) return groups;
    return { why: 'it has no kernels, which the weights of convolutions have', advice: narrow };
  },
  description: () => 'kernels (L1 norm)',
  scoreText: (_, of) => `${of ?? 'norm'} of kernels`,
  chip: () => 'k×k',
  choices: () => [
    {
      id: 'kernel',
      label: 'kernels (k × k)',
      help: 'Slices of one filter and one input, by their L1 norm.',
      is: () => true,
      make: () => 'kernel',
    },
  ],
  python: {
    parts: ['blocks'],
    groups: (_, { outputs, inputs }) => `blocks(layers[name], ${outputs}, ${inputs})`,
  },
};
