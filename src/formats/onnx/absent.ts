/** What a model says of tensors whose elements are nowhere: in files that were not given, or stripped from it. */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { namesInWords } from '../../lib/fileNames';
import { isPrunableDtype } from '../../tensors/dtype';
import type { ModelGraph } from '../../tensors/graph/graph';
import { canBePruned, choiceOf } from '../../tensors/prunability';
import type { TensorInfo } from '../../tensors/tensor';
import type { Note } from '../format';
import type { Listing, Missing } from './listing';

export interface Absence {
  readonly notes: readonly Note[];
  /** Why there is nothing to export. */
  readonly readOnly?: string;
}

/**
 * @returns sentences for a model that has some of its weights, or whose weights are where no file can be given for them
 * @throws CheckpointError `missing-file` or `unsupported-feature` for one that has none
 */
export function absenceIn({ tensors, missing }: Listing, model: ModelGraph, context: ErrorContext): Absence {
  const weights = tensors.filter((tensor) => canBePruned(tensor) && isChosen(tensor)).length;
  const isEmpty = weights === 0 && missing.some(isWeight);
  const outside = missing.filter(({ isOutside }) => isOutside);
  const beside = missing.filter(({ file, isOutside }) => file !== '' && !isOutside);
  const stripped = missing.filter(({ file, isOutside }) => file === '' && !isOutside);
  const notes: Note[] = [];
  if (beside.length > 0) {
    const text = besideText(beside, isEmpty ? 'The weights' : `${beside.length} of ${tensors.length} tensors`, context);
    if (isEmpty) throw new CheckpointError('missing-file', text, context);
    notes.push({ severity: 'warning', text });
  }
  // A single tensor without elements is an oddity of its writer.
  if (stripped.filter(isWeight).length > weights) {
    const text = `The model is stripped of its weights: ${stripped.length} of ${tensors.length} tensors have no elements.`;
    const advice = 'Open the model that it was made from, which still has them.';
    if (isEmpty) throw new CheckpointError('unsupported-feature', text, { ...context, advice });
    notes.push({ severity: 'warning', text: `${text} ${advice}` });
  }
  if (isEmpty) return { notes, readOnly: outsideText(outside, 'its weights are') };
  if (outside.length > 0) {
    const text = outsideText(outside, `${outside.length} of ${tensors.length} tensors are`);
    notes.push({ severity: 'warning', text: `${text.charAt(0).toUpperCase()}${text.slice(1)}` });
  }
  const fed = weights === 0 ? fedWeights(model) : [];
  if (fed.length > 0) {
    const readOnly = `its weights are not in it. Its layers take ${namesInWords(fed.slice(0, 3))}${fed.length > 3 ? ', …' : ''} from outside, as an export without parameters leaves them.`;
    return { notes, readOnly };
  }
  return { notes };
}

function besideText(outside: readonly Missing[], those: string, { file = 'the model' }: ErrorContext): string {
  const files = [...new Set(outside.map((each) => each.file))];
  const [are, together] = files.length === 1 ? ['is', 'both files'] : ['are', 'all files'];
  return `${those} of ${file} are in ${namesInWords(files)}, which ${are} missing: drop ${together} together.`;
}

function outsideText(outside: readonly Missing[], thoseAre: string): string {
  const files = [...new Set(outside.map(({ file }) => file))].filter((file) => file !== '');
  const where = files.length === 0 ? 'a file without a name' : namesInWords(files);
  return `${thoseAre} said to be in ${where}, which is no place beside the model. Load it with onnx.load where it was made, and save it as one file.`;
}

/** The operators that are never given two things to multiply. */
const layers: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/** What layers take for their weights, and neither the file nor an operator gives. */
function fedWeights({ main }: ModelGraph): string[] {
  const constants = new Set([...main.initializers, ...main.sparseInitializers].map(({ name }) => name));
  const made = new Set(main.nodes.flatMap(({ outputs }) => outputs));
  const taken = main.nodes.flatMap(({ opType, inputs }) => (layers.has(opType) ? inputs.slice(1, 2) : []));
  return [...new Set(taken)].filter((name) => name !== '' && !constants.has(name) && !made.has(name));
}

function isWeight({ tensor }: Missing): boolean {
  return isPrunableDtype(tensor.dtype) && isChosen(tensor);
}

function isChosen(tensor: TensorInfo): boolean {
  return choiceOf(tensor).byDefault;
}
