/** ONNX models (https://github.com/onnx/onnx): one ModelProto, whose initializers and constants are the weights. */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { firstPart, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Format, Note } from '../format';
import { absentNotes } from './absent';
import type { WholeModel } from './graphProto';
import { filesBeside, listTensors } from './listing';
import { readModel } from './readModel';
import { looksLikeModel } from './sniff';

/** Protobuf's limit; ONNX tools write larger models as several files. */
const maxModelBytes = 2 ** 31 - 1;

export const onnx: Format = {
  sniff: looksLikeModel,

  async beside(source, fileName, names) {
    const files = filesBeside(await modelIn(source, { file: fileName, format: 'ONNX' }));
    return names.filter((name) => files.has(name));
  },

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'ONNX' };
    const graph = await modelIn(sourceOfPart(source, firstPart(parts)), context);
    const listing = await listTensors(graph, source, parts.slice(1), context);
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
      notes: [...absentNotes(listing, context), ...trainingNotes(graph)],
      graph,
    };
  },
};

async function modelIn(source: ByteSource, context: ErrorContext): Promise<WholeModel> {
  if (source.size <= maxModelBytes) return readModel(source, context);
  throw new CheckpointError(
    'unsupported-feature',
    `An ONNX file has at most 2 GB (protobuf's limit), but this one has ${source.size} bytes.`,
    { ...context, advice: 'Prune the checkpoint that the model was exported from, and export it again.' },
  );
}

function trainingNotes({ training }: WholeModel): Note[] {
  if (training.length === 0) return [];
  return [{ severity: 'info', text: 'The model carries training information, which is left as it is.' }];
}
