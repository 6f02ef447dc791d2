/** What the form of inputs starts from and how its choices fit the graph. */
import type { ArrayUse, GivenArray, InputSource, OpenedGraph } from '../../../state/evaluation';
import type { EvaluationState } from '../../../state/evaluationState';

export type SourceKind = InputSource['kind'];

/** What each form gets. */
export interface SourceFormProps {
  readonly disabled: boolean;
  onUse(source: InputSource): void;
}

export const kinds: readonly { readonly kind: SourceKind; readonly label: string; readonly help: string }[] = [
  {
    kind: 'random',
    label: 'Random',
    help: 'Seeded random numbers of each input’s shape and type. Enough to see drift; says nothing about accuracy.',
  },
  {
    kind: 'arrays',
    label: 'Arrays',
    help:
      '.npy, .npz, or the .pb files of ONNX test data (test_data_set_0). ' +
      'Labels in an array named y turn drift into accuracy.',
  },
  {
    kind: 'images',
    label: 'Images',
    help: 'Pictures, decoded and scaled to the model’s input. Folders named by class turn drift into accuracy.',
  },
  {
    kind: 'tokens',
    label: 'Token ids',
    help: 'What the tokenizer gives, as whole numbers; one sequence a line. Shows perplexity where the model predicts tokens.',
  },
];

/** As given last, or random inputs with the sizes that the graph's named dimensions start with. */
export function initialRandom(
  graph: OpenedGraph,
  source: InputSource | null,
): Extract<InputSource, { kind: 'random' }> {
  const dimensions = Object.fromEntries(graph.dimensions.map(({ name, size }) => [name, size]));
  if (source?.kind !== 'random') return { kind: 'random', seed: 1, dimensions };
  return { ...source, dimensions: { ...dimensions, ...source.dimensions } };
}

/** Numbers, spaces, commas and line ends, and at least one number. */
export function isTokenText(text: string): boolean {
  return /\d/.test(text) && /^[\d\s,]*$/.test(text);
}

export type GivenArrays = NonNullable<EvaluationState['arrays']>;

/** Of a choice among uses. */
export function choiceOf(use: ArrayUse): string {
  return use.as === 'input' ? `input ${use.input}` : use.as;
}

export function meantBy(value: string): ArrayUse {
  if (value === 'labels' || value === 'aside') return { as: value };
  return { as: 'input', input: value.slice('input '.length) };
}

/** `9 feed x, 1 is labels, 2 are left aside` */
export function usesInWords(arrays: readonly GivenArray[]): string {
  const counts = new Map<string, number>();
  for (const { use } of arrays) counts.set(choiceOf(use), (counts.get(choiceOf(use)) ?? 0) + 1);
  const parts = [...counts].map(([value, count]) => {
    const use = meantBy(value);
    const is = count === 1 ? 'is' : 'are';
    if (use.as === 'input') return `${count} ${count === 1 ? 'feeds' : 'feed'} ${use.input}`;
    return use.as === 'labels' ? `${count} ${is} labels` : `${count} ${is} left aside`;
  });
  return parts.join(', ');
}
