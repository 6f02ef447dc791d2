/** ONNX models (https://github.com/onnx/onnx): one ModelProto, whose initializers and constants are the weights. */
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { firstPart } from '../../lib/parts';
import type { Format, Note } from '../format';
import type { WholeModel } from './graphProto';
import { type Listing, listTensors } from './listing';
import { readModel } from './readModel';
import { looksLikeModel } from './sniff';

/** Protobuf's limit; ONNX tools write larger models as several files. */
const maxModelBytes = 2 ** 31 - 1;

export const onnx: Format = {
  sniff: looksLikeModel,

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'ONNX' };
    if (source.size > maxModelBytes) {
      throw new CheckpointError(
        'unsupported-feature',
        `An ONNX file has at most 2 GB (protobuf's limit), but this one has ${source.size} bytes.`,
        { ...context, advice: 'Prune the checkpoint that the model was exported from, and export it again.' },
      );
    }
    const graph = await readModel(source, context);
    const listing = await listTensors(graph, source, context);
    const { tensors, storages, encoded } = listing;
    return {
      format: 'ONNX',
      can: { graph: true, sparse: true, script: 'ONNX' },
      parts,
      tensors,
      storages,
      ...(encoded.length > 0 ? { encoded } : {}),
      checksums: [],
      byteOrder: 'little',
      notes: notesOn(listing, graph),
      graph,
    };
  },
};

function notesOn({ tensors, external }: Listing, { training }: WholeModel): Note[] {
  const notes: Note[] = [];
  if (external > 0) {
    notes.push({
      severity: 'warning',
      text: `${external} of ${tensors.length} tensors are stored outside this file, where Secateur does not patch them yet.`,
    });
  }
  if (training.length > 0) {
    notes.push({ severity: 'info', text: 'The model carries training information, which is left as it is.' });
  }
  return notes;
}
