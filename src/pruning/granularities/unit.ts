import { constant } from '../fields';
import type { GranularityRecord } from './granularity';

/** Channels that go together, as the graph tells: what gives them, what reads them, and everything between. */
export const unit: GranularityRecord<'unit'> = {
  key: 'unit',
  field: constant('unit'),
  takes: 'units',
  noun: 'channel',
  // Units have scores of their own, or are drawn.
  criteria: ['magnitude', 'random'],
  scopes: ['global', 'layer'],
  scored: {
    symbol: 'effect',
    title: 'Effects',
    label: 'effect on what reads them',
    help: 'What the layers behind get of a channel.',
    description: 'effect',
  },
  description: () => 'channels that go together',
  chip: () => 'ch',
  choices: () => [
    {
      id: 'unit',
      label: 'channels that go together',
      help: 'Filters, and all that reads them: what Slim can remove.',
      is: () => true,
      make: () => 'unit',
    },
  ],
};
