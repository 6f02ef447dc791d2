import type { CriterionRecord } from './criterion';

/** |w| * the norm of the input it multiplies (Wanda, Sun et al. 2023). */
export const activation: CriterionRecord<'activation'> = {
  name: 'activation',
  arithmetic: { kind: 'products', of: 'norms', factors: (norms) => norms },
  symbol: '|w| · ‖x‖',
  title: '|w| · ‖x‖',
  chip: '‖x‖',
  label: 'activation',
  help: '|w| times its input’s norm (Wanda, Sun et al. 2023).',
  description: 'magnitude times activation',
  groups: {
    symbol: (norm) => `${norm} of |w| · ‖x‖`,
    title: (norm) => `${norm} norms of |w| times input norms`,
  },
  python: {
    parts: ['products'],
    scores: ({ outputs, inputs }) => `products(layers[name], norms[name], outputs=${outputs}, inputs=${inputs})`,
  },
};
