/** What the form of inputs starts from and how its choices fit the graph. */
import type { InputSource, OpenedGraph } from '../../../state/evaluation';

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
