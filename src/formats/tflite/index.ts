/** TensorFlow Lite (.tflite): one flatbuffer, whose buffers are the weights; of models above 2 GB they lie behind it. */
import type { ErrorContext } from '../../lib/errors';
import { firstPart } from '../../lib/parts';
import type { Format, Note } from '../format';
import { listTensors } from './listing';
import { readModel } from './model';
import { looksLikeTflite } from './sniff';

const quantised: Note = {
  severity: 'info',
  text: 'Weights in bytes are shown as the values that they stand for (scale · (code − zero point)), and pruned by their zero point. Scales stay as they are.',
};

export const tflite: Format = {
  sniff: looksLikeTflite,

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'TensorFlow Lite' };
    const { tensors, storages, encoded } = listTensors(await readModel(source, context), source.size, context);
    return {
      format: 'TensorFlow Lite',
      can: {},
      parts,
      tensors,
      storages,
      ...(encoded.length > 0 && { encoded }),
      checksums: [],
      byteOrder: 'little',
      notes: encoded.length > 0 ? [quantised] : [],
    };
  },
};
