/** An ONNX model in memory: its bytes, its nodes, and where the elements of its tensors lie. */
import { onnx } from '../../formats/onnx';
import { readModel } from '../../formats/onnx/readModel';
import { CheckpointError } from '../../lib/errors';
import { wholeFile } from '../../lib/parts';
import { memorySource } from '../../lib/source';
import type { Dtype } from '../../tensors/dtype';
import type { GraphNode } from '../../tensors/graph/graph';
import { type ByteRange, numelOf, type TensorInfo } from '../../tensors/tensor';
import { decodeVarints, elementBytes, encodeVarints } from '../../tensors/varintElements';
import { rewrite } from './rewrite';

export interface GraphTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Of its elements in the model's bytes, in order. */
  readonly segments: readonly ByteRange[];
  /** They are varints of halves. */
  readonly areVarints: boolean;
  /** Whether it is an initializer of the main graph: those can be fed as inputs instead. */
  readonly initializer: boolean;
}

export interface ModelGraph {
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As the file's format lists them: of a checkpoint that is this file, the index is the tensor's id. Undefined where the bytes have no place. */
  readonly tensors: readonly (GraphTensor | undefined)[];
  /** Of the main graph. */
  readonly nodes: readonly GraphNode[];
}

/** ONNX Runtime holds the model, its own copy of the weights and the activations in 4 GB of WebAssembly memory. */
export const maxModelBytes = 1.25 * 2 ** 30;

/** @throws CheckpointError whatever the format throws; `evaluation-failed` for models that cannot be run from one file */
export async function readGraph(file: Blob, fileName: string): Promise<ModelGraph> {
  if (file.size > maxModelBytes) {
    throw new CheckpointError(
      'evaluation-failed',
      `${fileName} has ${Math.round(file.size / 2 ** 20)} MB, but at most ${maxModelBytes / 2 ** 20} MB can be run in the browser.`,
      { file: fileName, advice: 'Pruning and export work without evaluation.' },
    );
  }
  const bytes = rewrite(new Uint8Array(await file.arrayBuffer()), {});
  const source = memorySource(bytes);
  const { tensors, storages, encoded = [] } = await onnx.open(source, wholeFile(source, fileName));
  const { main } = await readModel(source, { file: fileName, format: 'ONNX' });
  const external = main.initializers.find(({ location }) => location === 1);
  if (external) {
    throw new CheckpointError(
      'evaluation-failed',
      `${fileName} keeps weights in another file (${external.external.location}), which evaluation does not read yet.`,
      {
        file: fileName,
        tensor: external.name,
        advice: 'Save the model as one file: onnx.save(onnx.load(path), path2).',
      },
    );
  }
  const initializers = new Set(main.initializers.map(({ name }) => name));
  const placed = tensors.map((tensor): GraphTensor | undefined => {
    const storage = storages[tensor.storage];
    const varints = encoded.find(({ addresses }) => addresses === storage?.segments[0]);
    return (
      storage && {
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        segments: varints?.segments ?? storage.segments,
        areVarints: varints !== undefined,
        initializer: isInitializer(tensor, initializers),
      }
    );
  });
  return { fileName, bytes, tensors: placed, nodes: main.nodes };
}

function isInitializer({ container, name }: TensorInfo, initializers: ReadonlySet<string>): boolean {
  return container === '' && initializers.has(name);
}

/** A copy of a tensor's elements. */
export function elementsOf(bytes: Uint8Array, tensor: GraphTensor): Uint8Array<ArrayBuffer> {
  const stored = storedBytes(bytes, tensor);
  if (!tensor.areVarints) return stored;
  const elements = new Uint8Array(numelOf(tensor.shape) * elementBytes);
  decodeVarints(stored, 0, elements);
  return elements;
}

function storedBytes(bytes: Uint8Array, { segments }: GraphTensor): Uint8Array<ArrayBuffer> {
  const elements = new Uint8Array(segments.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of segments) {
    elements.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return elements;
}

/** Puts elements in the place of those in `bytes`; varints take those that need no more bytes, as zeros never do. */
export function putElements(bytes: Uint8Array, tensor: GraphTensor, elements: Uint8Array): void {
  let stored = elements;
  if (tensor.areVarints) {
    stored = storedBytes(bytes, tensor);
    if (encodeVarints(stored, 0, elements) === undefined) {
      throw new CheckpointError(
        'evaluation-failed',
        `The weights of ${tensor.name} take more bytes than the model has.`,
        {
          tensor: tensor.name,
        },
      );
    }
  }
  let at = 0;
  for (const { start, end } of tensor.segments) {
    bytes.set(stored.subarray(at, at + end - start), start);
    at += end - start;
  }
}
