/** Any source of inputs as a dataset. */
import type { GraphValue, InputSource } from '../protocol';
import { arrayInputs } from './arrays';
import type { Dataset } from './dataset';
import { type DecodeImage, imageInputs } from './images';
import { randomInputs } from './random';
import { tokenInputs } from './tokens';

/** @throws CheckpointError whatever the reader of the source throws */
export async function readInputs(
  source: InputSource,
  inputs: readonly GraphValue[],
  decode: DecodeImage,
  progress: (done: number, total: number) => void,
): Promise<Dataset> {
  switch (source.kind) {
    case 'random':
      return randomInputs(inputs, source.seed, source.dimensions);
    case 'arrays':
      return arrayInputs(inputs, source.files);
    case 'images':
      return imageInputs(inputs, source, decode, progress);
    case 'tokens':
      return tokenInputs(inputs, source.text);
  }
}
