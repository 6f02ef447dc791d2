/** What the model was run on: files by their names, everything else as it is. */

import type { InputSource } from '../../evaluation/protocol';
import { namesInWords } from '../../lib/fileNames';
import { formatQuantity } from '../../lib/numbers';
import type { EvaluationState } from '../evaluationState';

type FileSource = Extract<InputSource, { readonly files: readonly File[] }>;

export interface KeptInputs {
  /** The name of its graph, where that is a file of its own. */
  readonly graph?: string;
  /** What needs no file: it is given again as it is. */
  readonly source?: Exclude<InputSource, FileSource>;
  /** Names of the files that it was given, the first of very many. */
  readonly files: readonly string[];
  readonly count: number;
  /** They may have come with the sample that is open. */
  readonly isOfSample: boolean;
  readonly kind: InputSource['kind'];
  /** As the screen said it: `599 samples from digits-test.npz`. */
  readonly title: string;
}

const mostNames = 20;

/** @param isOwnGraph whether the checkpoint itself is what is run @param isSample whether it is one of the samples */
export function inputsToKeep(
  { graph, inputs, source }: EvaluationState,
  isOwnGraph: boolean,
  isSample: boolean,
): KeptInputs | undefined {
  if (!graph || !inputs || !source) return undefined;
  const files = 'files' in source ? source.files.map(({ name }) => name) : [];
  return {
    kind: source.kind,
    title: inputs.title,
    files: files.slice(0, mostNames),
    count: files.length,
    isOfSample: isSample && files.length > 0,
    ...(!isOwnGraph && { graph: graph.fileName }),
    ...(!('files' in source) && { source }),
  };
}

/** What a person has to give once more; '' where that is nothing. */
export function inputsInWords({ graph, files, kind, count }: KeptInputs): string {
  const inputs = kind === 'images' ? formatQuantity(count, 'image') : namesInWords(files);
  const wanted = [...(graph === undefined ? [] : [`the graph ${graph}`]), ...(count > 0 ? [inputs] : [])];
  return wanted.length === 0 ? '' : `To run the model as before, drop ${wanted.join(' and ')} once more.`;
}
