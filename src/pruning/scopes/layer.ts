import { cutLowest } from '../place';
import { applied, further, type ScopeRecord } from './scope';

/** Each tensor alone. */
export const layer: ScopeRecord<'layer'> = {
  name: 'layer',
  isShared: false,
  takesPatterns: true,
  takes: 'thresholds',
  shareOut: (group, { countOf }, placing) => group.flatMap((cut) => cutLowest([cut], countOf([cut]), placing)),
  description: 'each layer for itself',
  label: 'uniform',
  help: 'The same share of every layer (layer).',
  alone: { label: 'this layer', help: 'One threshold for this layer alone (layer).' },
  python: {
    isTogether: false,
    weights: {
      parts: ['lowest_pruning'],
      statements: ({ names, scores, amount, hold }) => [
        `for name in ${names}:`,
        ...applied('LowestPruning', hold(scores), `amount=${amount}`),
      ],
    },
    groups: {
      parts: ['take_lowest_groups'],
      statements: ({ names, groups, amount, keep }) => [
        `for name in ${names}:`,
        `    take_lowest_groups([${groups}], ${amount}${further(keep)})`,
      ],
    },
  },
};
