/** ONNX models (https://github.com/onnx/onnx): one ModelProto, whose initializers and constants are the weights. */
import type { ErrorContext } from '../../lib/errors';
import { firstPart, type Part, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Format, Note } from '../format';
import { fileNameIn } from '../location';
import { absenceIn } from './absent';

import type { WholeModel } from './graphProto';
import { listTensors, locationsIn } from './listing';
import { readModel } from './readModel';
import { looksLikeModel } from './sniff';

/** Protobuf's libraries read no larger messages: such a model is a file that nothing runs. */
const maxMessageBytes = 2 ** 31 - 1;

export const onnx: Format = {
  sniff: looksLikeModel,

  async beside(source, fileName, names) {
    const model = await readModel(source, { file: fileName, format: 'ONNX' });
    const files = new Set([...locationsIn(model)].map(fileNameIn));
    return names.filter((name) => files.has(name));
  },

  async open(source, parts) {
    return (await openModel(source, parts)).checkpoint;
  },
};

/**
 * A model with what was read of it, where its parts stand in its file included.
 * @throws CheckpointError as `Format.open`
 */
export async function openModel(
  source: ByteSource,
  parts: readonly Part[],
): Promise<{ readonly model: WholeModel; readonly checkpoint: Checkpoint }> {
  const context: ErrorContext = { file: firstPart(parts).name, format: 'ONNX' };
  const model = await readModel(sourceOfPart(source, firstPart(parts)), context);
  const listing = await listTensors(model, source, parts.slice(1), context);
  const { tensors, storages, encoded, digests } = listing;
  const absence = absenceIn(listing, model, context);
  const checkpoint: Checkpoint = {
    format: 'ONNX',
    // Sparse initializers are in the model itself.
    can: {
      graph: true,
      ...(parts.length === 1 && { sparse: true }),
      // A script would need all ways in which weights are coded.
      ...(!tensors.some(({ stored }) => stored) && { script: 'ONNX' }),
    },
    parts,
    tensors,
    storages,
    ...(encoded.length > 0 ? { encoded } : {}),
    checksums: [],
    ...(digests.length > 0 && { digests }),
    byteOrder: 'little',
    notes: [...sizeNotes(firstPart(parts)), ...absence.notes, ...quantisedNotes(tensors), ...trainingNotes(model)],
    graph: model,
    ...(absence.readOnly !== undefined && { readOnly: absence.readOnly }),
  };
  return { model, checkpoint };
}

function sizeNotes({ start, end }: Part): Note[] {
  if (end - start <= maxMessageBytes) return [];
  const text =
    "The model file has more than 2 GB, which is more than protobuf's libraries read: ONNX Runtime will not load it. Save it with its weights in another file (onnx.save_model, save_as_external_data=True) where it was made.";
  return [{ severity: 'warning', text }];
}

function quantisedNotes(tensors: readonly TensorInfo[]): Note[] {
  const read = tensors.filter(({ stored, readOnly }) => stored && readOnly === undefined);
  const labels = [...new Set(read.map(({ stored }) => stored?.label ?? ''))].filter(
    (label) => !label.startsWith('sparse'),
  );
  if (labels.length === 0) return [];
  const text = `Weights in ${labels.join(', ')} are shown as the values that they stand for (scale · (code − zero point)), and pruned by their zero point. Scales stay as they are.`;
  return [{ severity: 'info', text }];
}

function trainingNotes({ training }: WholeModel): Note[] {
  if (training.length === 0) return [];
  return [{ severity: 'info', text: 'The model carries training information, which is left as it is.' }];
}
