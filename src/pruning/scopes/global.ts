import { cutLowest } from '../place';
import { further, type PythonRule, type ScopeRecord } from './scope';

/** All tensors of the rule under one threshold. */
export const global: ScopeRecord<'global'> = {
  name: 'global',
  isShared: true,
  takesPatterns: true,
  takes: 'thresholds',
  shareOut: (group, { countOf }, placing) => cutLowest(group, countOf(group), placing),
  description: 'all layers ranked together',
  label: 'global threshold',
  help: 'All ranked together (global_unstructured).',
  alone: { label: 'with others: global', help: 'Ranked with other layers (global_unstructured).' },
  python: {
    isTogether: true,
    weights: { parts: ['lowest_pruning'], statements: (rule) => globalUnstructured(rule, rule.scores) },
    groups: {
      parts: ['take_lowest_groups'],
      statements: ({ names, groups, amount, keep }) => [
        `take_lowest_groups([${groups} for name in ${names}], ${amount}${further(keep)})`,
      ],
    },
  },
};

/** torch.nn.utils.prune.global_unstructured by any scores. */
export function globalUnstructured({ names, amount, hold }: PythonRule, scores: string): readonly string[] {
  return [
    'prune.global_unstructured(',
    `    [(layers[name], "weight") for name in ${names}],`,
    '    pruning_method=LowestPruning,',
    `    importance_scores={(layers[name], "weight"): ${hold(scores)} for name in ${names}},`,
    `    amount=${amount},`,
    ')',
  ];
}
