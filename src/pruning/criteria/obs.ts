import type { CriterionRecord } from './criterion';

/**
 * Optimal brain surgeon (Hassibi and Stork 1992; SparseGPT, Frantar and Alistarh 2023): w² / [H⁻¹]ⱼⱼ is by how much the squared
 * error of the layer's output grows when the weight goes and the others of its row make up for it. It ranks as its root does,
 * |w| times a factor of the input column.
 */
export const obs: CriterionRecord<'obs'> = {
  name: 'obs',
  arithmetic: { kind: 'products', of: 'moments', factors: (factors) => factors },
  symbol: '|w| / √[H⁻¹]',
  title: '|w| / √[H⁻¹]',
  chip: 'OBS',
  label: 'OBS',
  help: 'What the layer’s output loses when the rest makes up for it: w² / [H⁻¹]ⱼⱼ (SparseGPT, 2023). Repair then.',
  description: 'OBS saliency',
  groups: {
    symbol: (norm) => `${norm} of |w| / √[H⁻¹]`,
    title: (norm) => `${norm} norms of |w| / √[H⁻¹]`,
  },
  python: {
    parts: ['products'],
    scores: ({ outputs, inputs }) =>
      `products(layers[name], norms[f"{name}#obs"], outputs=${outputs}, inputs=${inputs})`,
  },
};
