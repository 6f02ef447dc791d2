import { further, type ScopeRecord } from './scope';

/** Each output of each tensor alone: Wanda's comparison group. */
export const row: ScopeRecord<'row'> = {
  name: 'row',
  isShared: false,
  takesPatterns: false,
  takes: 'rows',
  demands: {
    weights: {
      field: 'scope',
      sentence: 'row ranks the single weights of each output, so the granularity should be weight',
    },
    amount: { oneOf: ['sparsity', 'count'], because: 'the scope row takes the same number of every row' },
  },
  chip: 'row',
  description: 'each output for itself',
  label: 'each row',
  help: 'The same number of every output (per row, as in Wanda).',
  fixedText:
    'There is no one threshold to drag: each output loses the same number of its weights. Type a target sparsity instead.',
  meaning: 'Each output loses the same number of its weights',
  python: {
    parts: ['take_lowest_of_rows'],
    statements: ({ names, scores, rows, amount, keep }) => [
      `for name in ${names}:`,
      `    take_lowest_of_rows(layers[name], ${scores}, axes=${rows}, amount=${amount}${further(keep)})`,
    ],
  },
};
