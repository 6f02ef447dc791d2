import { inputAxisOf } from '../../tensors/axes';
import { invalid, number, object, type ValueOf } from '../fields';
import { dimensionsOf, narrow, type Shaped, unknownAxes } from '../refusal';
import type { GranularityRecord } from './granularity';

const longestStrip = 1024;

const field = object(
  'this granularity',
  {
    n: number('a whole number from 1', { least: 1, isWhole: true }),
    m: number(`a whole number from 2 to ${longestStrip}`, { least: 2, most: longestStrip, isWhole: true }),
  },
  [
    {
      refuse(path, { n, m }) {
        if (n < m) return;
        throw invalid(`${path}.n`, `${path}.n should be below m, but ${n} of every ${m} leaves nothing to prune.`);
      },
      schema: { properties: { n: { maximum: longestStrip - 1 } } },
    },
  ],
);

/** Of every m neighbours along the reduction dimension, all but the n highest. */
export const pattern: GranularityRecord<ValueOf<typeof field>> = {
  key: 'n',
  field,
  takes: 'patterns',
  noun: 'weight',
  patternIn({ n, m }, tensor) {
    const axis = inputAxisOf(tensor);
    if (axis !== undefined) return { n, m, axis };
    const why = `an n:m pattern runs along the inputs, and it has ${dimensionsOf(tensor)}`;
    return unknownAxes(tensor) ?? { why, advice: narrow };
  },
  shareOf: ({ n, m }) => 1 - n / m,
  description: () => 'single weights',
  rule: ({ n, m }) => `of every ${m} neighbours the ${n} highest stay`,
  meaning: ({ n, m }) => `Of every ${m} neighbours along the inputs the ${n} highest stay`,
  fixedText: ({ n, m }, tensors) =>
    `${n}:${m} has no threshold to drag: of every ${m} neighbours along the inputs the ${n} highest stay, however large they are.${raggedText(m, tensors)}`,
  chip: ({ n, m }) => `${n}:${m}`,
  choices: () => [
    {
      id: 'pattern',
      label: 'n:m pattern',
      help: 'Of every m neighbours the n highest stay (N:M sparsity).',
      is: () => true,
      make: () => ({ n: 2, m: 4 }),
    },
  ],
  settings: ({ n, m }) => [
    {
      label: 'Stay n',
      help: 'The highest of each strip stay (n).',
      value: n,
      least: 1,
      most: m - 1,
      with: (wanted) => ({ n: wanted, m }),
    },
    {
      label: 'Of m',
      help: 'Neighbours along the inputs in a strip (m).',
      value: m,
      least: n + 1,
      most: longestStrip,
      with: (wanted) => ({ n, m: wanted }),
    },
  ],
  python: {
    parts: ['keep_n_of_m'],
    mask: ({ n, m }, scores, { inputs }) => `keep_n_of_m(layers[name], ${scores}, axis=${inputs}, n=${n}, m=${m})`,
  },
};

/** Neighbours at the end of a row that make no whole strip stay, and that is said. */
function raggedText(m: number, tensors: readonly (Shaped & { readonly name: string })[]): string {
  const inputsOf = (tensor: Shaped) => tensor.shape[inputAxisOf(tensor) ?? 0] ?? 0;
  const ragged = tensors.filter((tensor) => inputsOf(tensor) % m !== 0);
  const [first] = ragged;
  if (!first) return '';
  if (ragged.length > 1)
    return ` In ${ragged.length} layers the inputs do not divide by ${m}: their last ones stay dense.`;
  const inputs = inputsOf(first);
  if (inputs < m) return ` ${first.name} has fewer inputs than ${m}: all of it stays dense.`;
  const rest = inputs % m;
  const which = rest === 1 ? 'the last one stays' : `the last ${rest} stay`;
  return ` ${first.name} has ${inputs} inputs, which do not divide by ${m}: ${which} dense.`;
}
