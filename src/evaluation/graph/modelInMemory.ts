/** An ONNX model in memory, with the files beside it: its bytes, its nodes, and where the elements of its tensors lie. */

import { fileNameIn } from '../../formats/location';
import { openModel } from '../../formats/onnx';
import type { WholeModel } from '../../formats/onnx/graphProto';
import { locationsIn } from '../../formats/onnx/listing';
import { readModel } from '../../formats/onnx/readModel';
import { CheckpointError } from '../../lib/errors';
import { found } from '../../lib/known';
import { firstPart, type Part, partsOf, sourceOfPart } from '../../lib/parts';
import { type ByteSource, memorySource } from '../../lib/source';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import type { EncodedElements } from '../../tensors/encodedElements';
import { type ByteRange, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import { decodedTensor, encodeTensor } from './encodedTensor';
import { type Rewriting, rewrite, takesOne } from './rewrite';

export interface GraphTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Of its elements in the model's bytes, in order. */
  readonly segments: readonly ByteRange[];
  /** The form in which they stand there, where that is another than elements one by one. */
  readonly encoding?: EncodedElements;
  /** Whether it is an initializer of the main graph: those can be fed as inputs instead. */
  readonly initializer: boolean;
}

export interface ModelInMemory {
  readonly fileName: string;
  /** The model, rewritten so that it can be run, and behind it the files that hold more of its weights. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Which of the bytes are the model's. */
  readonly model: ByteRange;
  /** The other files, by the paths that the model has for them. */
  readonly beside: readonly { readonly path: string; readonly range: ByteRange }[];
  /** As the file's format lists them: of a checkpoint that is this file, the index is the tensor's id. Undefined where the bytes have no place. */
  readonly tensors: readonly (GraphTensor | undefined)[];
  /** It was exported for one sample at a time, and its first axes were opened: whether it computes the same for several is to be seen. */
  readonly takesMany: boolean;
  /** What it computes, and where the parts of that are in the model. */
  readonly operators: WholeModel;
}

/** ONNX Runtime holds the model, its own copy of the weights and the activations in 4 GB of WebAssembly memory. */
export const maxModelBytes = 1.25 * 2 ** 30;

/**
 * @param source of the model, and of the files beside it
 * @param openBatch whether a graph of one sample is opened to several
 * @throws CheckpointError whatever the format throws; `evaluation-failed` for models that cannot be run
 */
export async function readGraph(source: ByteSource, parts: readonly Part[], openBatch = false): Promise<ModelInMemory> {
  const fileName = firstPart(parts).name;
  if (source.size > maxModelBytes) {
    throw new CheckpointError(
      'evaluation-failed',
      `${fileName} has ${Math.round(source.size / 2 ** 20)} MB, but at most ${maxModelBytes / 2 ** 20} MB can be run in the browser.`,
      { file: fileName, advice: 'Pruning and export work without evaluation.' },
    );
  }
  const read = await sourceOfPart(source, firstPart(parts)).read(0, firstPart(parts).end);
  const original = read as Uint8Array<ArrayBuffer>;
  const context = { file: fileName, format: 'ONNX' };
  const written = await readModel(memorySource(original), context);
  const takesMany = openBatch && takesOne(written.main);
  const model = rewrite(original, written, { openBatch });
  const [first, ...others] = partsOf(
    parts.map(({ name, start, end }, i) => ({ name, size: i === 0 ? model.length : end - start })),
  );
  const bytes = await withFilesBehind(model, source, firstPart(parts).end);
  const joined = memorySource(bytes);
  const { model: operators, checkpoint } = await openModel(joined, [found(first, 'a model'), ...others]);
  const { tensors, storages, encoded = [] } = checkpoint;
  const initializers = new Set(operators.main.initializers.map(({ name }) => name));
  const placed = tensors.map((tensor): GraphTensor | undefined => {
    const storage = storages[tensor.storage];
    const encoding = encoded.find(({ addresses }) => addresses === storage?.segments[0]);
    return (
      storage && {
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        segments: encoding?.segments ?? segmentsOf(tensor, storage),
        ...(encoding && { encoding }),
        initializer: isInitializer(tensor, initializers),
      }
    );
  });
  if (takesMany) openReshapes(bytes, placed, operators.main.nodes);
  const beside = [...locationsIn(operators)].map((location) => ({
    path: location.replace(/^(\.\/)+/, ''),
    range: partAt(location, others, fileName),
  }));
  return {
    fileName,
    bytes,
    model: { start: 0, end: model.length },
    beside,
    tensors: placed,
    takesMany,
    operators,
  };
}

/** Its own part of a storage that others may be in, too. */
function segmentsOf({ dtype, shape, storageOffset }: TensorInfo, { segments }: Storage): readonly ByteRange[] {
  const [only] = segments;
  if (!only || segments.length > 1) return segments;
  const start = only.start + (storageOffset * bitsOf(dtype)) / 8;
  return [{ start, end: start + Math.ceil((numelOf(shape) * bitsOf(dtype)) / 8) }];
}

function partAt(path: string, others: readonly Part[], fileName: string): Part {
  const part = others.find(({ name }) => name === fileNameIn(path));
  if (part) return part;
  throw new CheckpointError(
    'evaluation-failed',
    `${fileName} keeps weights in another file (${path.slice(0, 100)}), which was not given with it.`,
    { file: fileName, advice: 'Drop both files together.' },
  );
}

const readBytes = 16 * 2 ** 20;

/** The model, and what comes behind byte `from` of the source: read in pieces, so that it is in memory once. */
async function withFilesBehind(
  model: Uint8Array<ArrayBuffer>,
  source: ByteSource,
  from: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (from === source.size) return model;
  const bytes = new Uint8Array(model.length + source.size - from);
  bytes.set(model);
  for (let at = from; at < source.size; at += readBytes) {
    const piece = await source.read(at, Math.min(readBytes, source.size - at));
    bytes.set(piece, model.length + at - from);
    source.recycle?.(piece);
  }
  return bytes;
}

/** What a session is made of. */
export type SessionFiles = readonly [model: Uint8Array, beside: readonly { path: string; data: Uint8Array }[]];

/** @param bytes those of the graph, or the same with other weights */
export function sessionFiles(
  { model, beside, operators }: ModelInMemory,
  bytes: Uint8Array<ArrayBuffer>,
  rewriting?: Rewriting,
): SessionFiles {
  const own = bytes.subarray(model.start, model.end);
  const files = beside.map(({ path, range }) => ({ path, data: bytes.subarray(range.start, range.end) }));
  return [rewriting ? rewrite(own, operators, rewriting) : own, files];
}

function isInitializer({ container, name }: TensorInfo, initializers: ReadonlySet<string>): boolean {
  return container === '' && initializers.has(name);
}

/** A copy of a tensor's elements. */
export function elementsOf(bytes: Uint8Array, tensor: GraphTensor): Uint8Array<ArrayBuffer> {
  const stored = storedBytes(bytes, tensor);
  const { encoding, dtype, shape } = tensor;
  return encoding ? decodedTensor(encoding, stored, (numelOf(shape) * bitsOf(dtype)) / 8) : stored;
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

/** Puts elements in the place of those in `bytes`: see `encodeTensor`. */
export function putElements(bytes: Uint8Array, tensor: GraphTensor, elements: Uint8Array): void {
  const { encoding } = tensor;
  const stored = encoding ? storedBytes(bytes, tensor) : elements;
  if (encoding && !encodeTensor(encoding, stored, elements)) {
    const message = `The weights of ${tensor.name} take more bytes than the model has.`;
    throw new CheckpointError('evaluation-failed', message, { tensor: tensor.name });
  }
  let at = 0;
  for (const { start, end } of tensor.segments) {
    bytes.set(stored.subarray(at, at + end - start), start);
    at += end - start;
  }
}

/** Shapes that begin with an axis of 1, as exporters write them, begin with what there is: 0 says so to Reshape. */
function openReshapes(bytes: Uint8Array, tensors: ModelInMemory['tensors'], nodes: WholeModel['main']['nodes']): void {
  const shapes = new Set(nodes.filter(({ opType }) => opType === 'Reshape').map(({ inputs }) => inputs[1]));
  const otherwise = new Set(
    nodes
      .flatMap(({ opType, inputs }) => (opType === 'Reshape' ? [inputs[0]] : inputs))
      .filter((name) => shapes.has(name)),
  );
  for (const tensor of tensors) {
    if (tensor?.dtype !== 'I64' || !shapes.has(tensor.name) || otherwise.has(tensor.name)) continue;
    const elements = elementsOf(bytes, tensor);
    if (elements.length < 16 || new DataView(elements.buffer).getBigInt64(0, true) !== 1n) continue;
    elements[0] = 0;
    putElements(bytes, tensor, elements);
  }
}
