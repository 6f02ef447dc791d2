import { constant } from '../fields';
import type { GranularityRecord } from './granularity';

/** Each weight for itself. */
export const weight: GranularityRecord<'weight'> = {
  key: 'weight',
  field: constant('weight'),
  takes: 'weights',
  noun: 'weight',
  description: () => 'single weights',
  choices: () => [
    {
      id: 'weight',
      label: 'single weights',
      help: 'Every weight for itself (unstructured).',
      is: () => true,
      make: () => 'weight',
    },
  ],
};
