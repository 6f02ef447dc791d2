import type { CriterionRecord } from './criterion';

/** A draw, the same on every machine. */
export const random: CriterionRecord<'random'> = {
  name: 'random',
  arithmetic: { kind: 'draws' },
  symbol: 'draw',
  title: 'Random draws',
  chip: 'rnd',
  label: 'random',
  help: 'Chance decides, by a seed (random_unstructured).',
  description: 'random draw',
  groups: {
    symbol: () => 'draw',
    title: () => 'Random draws',
    help: 'Chance decides, by a seed (random_structured).',
  },
  python: { parts: ['random_weights'], scores: ({ seed }) => `random_weights(name, layers[name], ${seed})` },
};
