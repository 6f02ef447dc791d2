/** ONNX models (https://github.com/onnx/onnx): one ModelProto, whose initializers and constants are the weights. */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { firstPart, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Format, Note } from '../format';
import { absentNotes } from './absent';
import { type ModelRecord, modelType } from './graphProto';
import { filesBeside, listTensors } from './listing';
import { looksLikeModel } from './sniff';
import { walkMessage } from './walk';

/** Protobuf's limit; ONNX tools write larger models as several files. */
const maxModelBytes = 2 ** 31 - 1;

export const onnx: Format = {
  sniff: looksLikeModel,

  async beside(source, fileName, names) {
    const files = filesBeside(await readModel(source, { file: fileName, format: 'ONNX' }));
    return names.filter((name) => files.has(name));
  },

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'ONNX' };
    const model = await readModel(sourceOfPart(source, firstPart(parts)), context);
    const listing = await listTensors(model, source, parts.slice(1), context);
    const { tensors, storages, encoded } = listing;
    return {
      format: 'ONNX',
      // Sparse initializers are in the model itself.
      can: { graph: true, ...(parts.length === 1 && { sparse: true }), script: 'ONNX' },
      parts,
      tensors,
      storages,
      ...(encoded.length > 0 ? { encoded } : {}),
      checksums: [],
      byteOrder: 'little',
      notes: [...absentNotes(listing, context), ...trainingNotes(model)],
    };
  },
};

async function readModel(source: ByteSource, context: ErrorContext): Promise<ModelRecord> {
  if (source.size > maxModelBytes) {
    throw new CheckpointError(
      'unsupported-feature',
      `An ONNX file has at most 2 GB (protobuf's limit), but this one has ${source.size} bytes.`,
      { ...context, advice: 'Prune the checkpoint that the model was exported from, and export it again.' },
    );
  }
  const model: ModelRecord = { functions: [], training: [] };
  await walkMessage(source, { type: modelType, state: model }, context);
  if (model.graph) return model;
  throw malformed('An ONNX model with a graph was expected, but no graph (field 7) was found in the file.', {
    ...context,
    advice: 'The file may be another protobuf file, or be cut short before the graph.',
  });
}

function trainingNotes({ training }: ModelRecord): Note[] {
  if (training.length === 0) return [];
  return [{ severity: 'info', text: 'The model carries training information, which is left as it is.' }];
}
