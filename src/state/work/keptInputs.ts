/** What the model was run on: files by their names, everything else as it is. */
import { namesInWords } from '../../lib/fileNames';
import { formatQuantity } from '../../lib/numbers';
import type { InputSource } from '../../evaluation/protocol';
import type { EvaluationState } from '../evaluationState';

type FileSource = Extract<InputSource, { readonly files: readonly File[] }>;

export interface KeptInputs {
  /** The name of its graph, where that is a file of its own. */
  readonly graph?: string;
  /** What needs no file: it is given again as it is. */
  readonly source?: Exclude<InputSource, FileSource>;
  /** Names of the files that it was given. */
  readonly files: readonly string[];
  readonly kind: InputSource['kind'];
  /** As the screen said it: `599 samples from digits-test.npz`. */
  readonly title: string;
}

/** @param isOwnGraph whether the checkpoint itself is what is run */
export function inputsToKeep(
  { graph, inputs, source }: EvaluationState,
  isOwnGraph: boolean,
): KeptInputs | undefined {
  if (!graph || !inputs || !source) return undefined;
  const about = { kind: source.kind, title: inputs.title, ...(!isOwnGraph && { graph: graph.fileName }) };
  return 'files' in source
    ? { ...about, files: source.files.map(({ name }) => name) }
    : { ...about, files: [], source };
}

/** What a person has to give once more; '' where that is nothing. */
export function inputsInWords({ graph, files, kind }: KeptInputs): string {
  const inputs = kind === 'images' ? formatQuantity(files.length, 'image') : namesInWords(files);
  const wanted = [...(graph === undefined ? [] : [`the graph ${graph}`]), ...(files.length > 0 ? [inputs] : [])];
  return wanted.length === 0 ? '' : `To run the model as before, drop ${wanted.join(' and ')} once more.`;
}
