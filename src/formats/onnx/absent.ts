/** What a model says of tensors whose elements are nowhere: in files that were not given, or stripped from it. */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { namesInWords } from '../../lib/namesInWords';
import { isPrunableDtype } from '../../tensors/dtype';
import { canBePruned, choiceOf } from '../../tensors/prunability';
import type { TensorInfo } from '../../tensors/tensor';
import type { Note } from '../format';
import type { Listing, Missing } from './listing';

/**
 * @returns sentences for a model that has some of its weights
 * @throws CheckpointError `missing-file` or `unsupported-feature` for one that has none
 */
export function absentNotes({ tensors, missing }: Listing, context: ErrorContext): Note[] {
  const weights = tensors.filter((tensor) => canBePruned(tensor) && isChosen(tensor)).length;
  const isEmpty = weights === 0 && missing.some(isWeight);
  const outside = missing.filter(({ file }) => file !== '');
  const stripped = missing.filter(({ file }) => file === '');
  const notes: Note[] = [];
  if (outside.length > 0) {
    const text = besideText(
      outside,
      isEmpty ? 'The weights' : `${outside.length} of ${tensors.length} tensors`,
      context,
    );
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
  return notes;
}

function besideText(outside: readonly Missing[], those: string, { file = 'the model' }: ErrorContext): string {
  const files = [...new Set(outside.map((each) => each.file))];
  const [are, together] = files.length === 1 ? ['is', 'both files'] : ['are', 'all files'];
  return `${those} of ${file} are in ${namesInWords(files)}, which ${are} missing: drop ${together} together.`;
}

function isWeight({ tensor }: Missing): boolean {
  return isPrunableDtype(tensor.dtype) && isChosen(tensor);
}

function isChosen(tensor: TensorInfo): boolean {
  return choiceOf(tensor).byDefault;
}
