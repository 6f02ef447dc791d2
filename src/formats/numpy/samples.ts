/** Tells samples and labels from weights: both are arrays. */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { namesInWords } from '../../lib/fileNames';
import { formatInteger } from '../../lib/numbers';
import type { ArrayHeader } from './header';

const sampleName =
  /^(x|y|images?|labels?|inputs?|targets?|samples?|classes|features|data)([_-]?(train|test|val|valid|validation|eval|calibration))?$/i;

/**
 * Several arrays of as many rows each, labels among them or called as data sets call theirs.
 * @throws CheckpointError `unrecognised-file` where they are inputs of a model
 */
export function assertNoSamples(
  arrays: readonly (Pick<ArrayHeader, 'dtype' | 'shape'> & { readonly name: string })[],
  context: ErrorContext,
): void {
  const [rows = 0] = arrays[0]?.shape ?? [];
  if (arrays.length < 2 || rows < 2 || arrays.some(({ shape }) => shape[0] !== rows)) return;
  const isLabels = ({ dtype, shape }: (typeof arrays)[number]) => shape.length === 1 && /^[IU]\d/.test(dtype);
  if (!arrays.some(isLabels) && !arrays.every(({ name }) => sampleName.test(name))) return;
  const names = namesInWords(arrays.map(({ name }) => name));
  throw new CheckpointError(
    'unrecognised-file',
    `${context.file} holds ${formatInteger(rows)} samples (${names}), not weights.`,
    { ...context, advice: 'Open a model first, then drop these on the window: it runs on them.' },
  );
}
