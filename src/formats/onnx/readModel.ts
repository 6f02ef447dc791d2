/** The records of an ONNX model: its graphs, and where its tensors lie. */
import { type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { walkMessage } from '../protobuf/walk';
import { modelType, newModel, type WholeModel } from './graphProto';

/** @throws CheckpointError `malformed-file`, or `unsupported-feature` beyond limits */
export async function readModel(source: ByteSource, context: ErrorContext): Promise<WholeModel> {
  const model = newModel();
  await walkMessage(source, { type: modelType, state: model }, context);
  const { main, ...rest } = model;
  if (main) return { ...rest, main };
  throw malformed('An ONNX model with a graph was expected, but no graph (field 7) was found in the file.', {
    ...context,
    advice: 'The file may be another protobuf file, or be cut short before the graph.',
  });
}
