/** A part of a model as a model of its own: what leads from some of its values to others. */
import { graphFields, valueInfoFields } from '../../formats/onnx/fieldNumbers';
import type { WholeModel } from '../../formats/onnx/graphProto';
import { valueInfo } from '../../formats/onnx/valueInfo';
import { edited } from '../../formats/onnx/write/edited';
import { field, textField } from '../../formats/protobuf/write';
import { concatenated } from '../../lib/bytes';
import type { Splice } from '../../lib/splice';
import type { Dtype } from '../../tensors/dtype';
import type { Dimension, GraphNode } from '../../tensors/graph/graph';
import type { ByteRange } from '../../tensors/tensor';

export interface Part {
  /** Nodes of the main graph that stay. */
  readonly nodes: ReadonlySet<GraphNode>;
  /** Initializers, and inputs of the model, that they read. */
  readonly reads: ReadonlySet<string>;
  /** Values that are fed in place of the nodes that compute them. */
  readonly given: readonly { readonly name: string; readonly dtype: Dtype; readonly shape: readonly Dimension[] }[];
  readonly outputs: readonly string[];
}

/**
 * @param bytes of the model as `readGraph` has rewritten it, perhaps with other weights
 * @param model what was read of it
 */
export function cutOut(
  bytes: Uint8Array<ArrayBuffer>,
  model: WholeModel,
  { nodes, reads, given, outputs }: Part,
): Uint8Array<ArrayBuffer> {
  const { main } = model;
  const gone = [
    ...main.nodes.filter((node) => !nodes.has(node)),
    ...main.initializers.filter(({ name }) => !reads.has(name)),
    ...main.inputs.filter(({ name }) => !reads.has(name)),
    ...main.outputs,
  ];
  const replaced = new Map<ByteRange, Splice>();
  for (const { record } of gone) if (record) replaced.set(record, []);
  const added = [
    ...given.flatMap((value) => field(graphFields.input, valueInfo(value))),
    // An output's type may be left out: ONNX Runtime infers it.
    ...outputs.flatMap((name) => field(graphFields.output, textField(valueInfoFields.name, name))),
  ];
  const pieces = edited(model, bytes.length, ({ start, end }) => bytes.subarray(start, end), { replaced, added });
  return concatenated(pieces.filter((piece) => piece instanceof Uint8Array));
}
