/** Any source of inputs as a dataset. */
import type { GivenArray, GraphValue, InputSource } from '../protocol';
import { arrayInputs } from './arrays';
import type { Dataset } from './dataset';
import { type DecodeImage, imageInputs } from './images';
import { randomInputs } from './random';
import { tokenInputs } from './tokens';

/**
 * @param list is told of arrays what each is used as
 * @throws CheckpointError whatever the reader of the source throws
 */
export async function readInputs(
  source: InputSource,
  inputs: readonly GraphValue[],
  decode: DecodeImage,
  progress: (done: number, total: number) => void,
  list: (arrays: readonly GivenArray[]) => void = () => {},
): Promise<Dataset> {
  switch (source.kind) {
    case 'random':
      return randomInputs(inputs, source.seed, source.dimensions);
    case 'arrays':
      return arrayInputs(inputs, source, list);
    case 'images':
      return imageInputs(inputs, source, decode, progress);
    case 'tokens':
      return tokenInputs(inputs, source.text);
  }
}
