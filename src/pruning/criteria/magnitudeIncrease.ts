import type { CriterionRecord } from './criterion';

/** |w| - |w in the reference checkpoint| (Zhou et al. 2019). */
export const magnitudeIncrease: CriterionRecord<'magnitude_increase'> = {
  name: 'magnitude_increase',
  arithmetic: { kind: 'increases' },
  symbol: 'increase of |w|',
  title: 'Increases of |w|',
  chip: 'Δ|w|',
  label: 'increase of |w|',
  help: 'What grew least goes first (magnitude increase, Zhou et al. 2019).',
  description: 'increase of the magnitude',
  groups: { because: '' },
  python: {
    parts: [],
    scores: () => 'layers[name].weight.abs() - reference[name].permute(layers[name].axes).abs()',
  },
};
