/**
 * Python pickles of NumPy's arrays: what frameworks and model zoos keep without a format of their own (PaddlePaddle's `.pdparams`,
 * Detectron's and Haiku's `.pkl`). The pickle is read as data; the arrays' bytes are patched where they stand.
 */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { known } from '../../lib/known';
import { firstPart } from '../../lib/parts';
import { axesAt } from '../../tensors/axes';
import { isPrunableDtype } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import type { Storage, TensorInfo } from '../../tensors/tensor';
import type { Format, Note } from '../format';
import { plainHost } from '../pytorch/host';
import { listTensors } from '../pytorch/listing';
import { insidePickle } from '../pytorch/numpyArrays';
import { type PyValue, type Ref, textOf } from '../pytorch/pickle/values';
import type { StorageValue } from '../pytorch/tensorValue';
import { type FoundTensor, findTensors } from '../pytorch/walk';
import { openWeights } from '../wrongFiles/advice';
import { looksLikePickledArrays } from './sniff';
import { unpickleFile } from './unpickleFile';

const format = 'pickled NumPy arrays';
const asText =
  'pickled as text (protocol 2 of Python 3), in which a byte may take two: dump it again with protocol 4 to prune it';
const allAsText =
  'Its arrays are pickled as text (protocol 2 of Python 3), in which a byte may take two, so that nothing can be changed in place: load it in Python, pickle it again with protocol=4 and open that.';

/** PaddlePaddle's list of its own names, beside the arrays. */
const paddleNames = 'StructuredToParameterName@@';

export const pickled: Format = {
  sniff: looksLikePickledArrays,

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format };
    const { value, globals, length } = await unpickleFile(source, plainHost, context);
    if (length !== source.size) throw malformed('Bytes are left behind its pickle.', { ...context, offset: length });
    const isPaddle = /\.pdparams$/i.test(firstPart(parts).name) || (value instanceof Map && value.has(paddleNames));
    const found = findTensors(unwrapped(value), context).map((each) => declaring(each, isPaddle));
    const weights = found.filter(({ tensor }) => isPrunableDtype(tensor.dtype));
    if (weights.length === 0) {
      const text = 'This is a Python pickle without an array of floating-point numbers.';
      throw new CheckpointError('unrecognised-file', text, { ...context, advice: openWeights });
    }
    const places = new Places();
    const { tensors } = listTensors(found, (storage) => places.of(storage));
    const isShut = weights.every(({ tensor }) => tensor.readOnly === insidePickle);
    return {
      ...{ format, can: {}, parts, storages: places.storages, checksums: [], byteOrder: 'little' },
      tensors: tensors.map((tensor) => (isPaddle ? turned(inWords(tensor)) : inWords(tensor))),
      notes: codeNotes(globals),
      ...(isShut && { readOnly: allAsText }),
    };
  },
};

/** PaddlePaddle pickles a tensor as its name and its array. */
function unwrapped(root: PyValue): PyValue {
  if (!(root instanceof Map)) return root;
  return new Map(
    [...root].map(([key, value]) => {
      const isNamed = Array.isArray(value) && value.length === 2 && textOf(value[0]) !== undefined;
      return [key, isNamed ? (value[1] ?? null) : value];
    }),
  );
}

/** What is there has its place; arrays without one were written as text. */
function inWords(tensor: TensorInfo): TensorInfo {
  return tensor.readOnly === insidePickle ? { ...tensor, readOnly: asText } : tensor;
}

/** PaddlePaddle's linear layers are (inputs, outputs). */
function turned(tensor: TensorInfo): TensorInfo {
  const isLinear = tensor.kind === 'linear' && tensor.shape.length === 2;
  return isLinear ? { ...tensor, axes: axesAt(1, 0) } : tensor;
}

function declaring(found: FoundTensor, isPaddle: boolean): FoundTensor {
  const declared = isPaddle ? inPaddle(found) : inCaffe2(found);
  return declared ? { ...found, declared } : found;
}

/** Statistics of batch norm. */
function inPaddle({ name }: FoundTensor): Declared | undefined {
  return /\._(mean|variance)$/.test(name) ? { kind: 'buffer', because: 'running statistics' } : undefined;
}

/** Detectron's first models: `conv1_w`, `fc6_b`, `res2_0_branch2a_w_momentum`, in a dict of blobs or at the top. */
function inCaffe2({ container, name, tensor: { shape } }: FoundTensor): Declared | undefined {
  if (container !== '' && container !== 'blobs') return undefined;
  const ending = /_(w|b|momentum)$/.exec(name)?.[1];
  if (ending === undefined) return undefined;
  const because = `named ${name}, as Caffe2 names blobs`;
  if (ending === 'momentum') return { kind: 'optimizer', because };
  if (ending === 'b') return { kind: 'bias', because };
  if (shape.length !== 2 && shape.length !== 4) return undefined;
  return { kind: shape.length === 2 ? 'linear' : 'conv', because, axes: axesAt(0, 1) };
}

const harmless = /^(numpy(\.|$)|_codecs$|builtins$|__builtin__$|collections$|copy_?reg$|ml_dtypes$)/;
const mostNamed = 5;

/** What loading it in Python would import. */
function codeNotes(globals: readonly Ref[]): Note[] {
  const others = globals.filter(({ module }) => !harmless.test(module));
  if (others.length === 0) return [];
  const names = others.slice(0, mostNamed).map(({ fullName }) => fullName.slice(0, 100));
  const rest = others.length - names.length;
  const list = rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
  const text = `The pickle names code beside NumPy's (${list}): Secateur executed nothing, and an export keeps all of it, so load it only if you trust where it came from.`;
  return [{ severity: 'warning', text }];
}

/** The bytes of arrays as storages, each once. */
class Places {
  readonly storages: Storage[] = [];
  private readonly indices = new Map<string, number>();

  of({ key, byteLength }: StorageValue): { readonly index: number } {
    if (!this.indices.has(key)) {
      const start = Number(key);
      this.indices.set(key, this.storages.push({ segments: [{ start, end: start + byteLength }], byteLength }) - 1);
    }
    return { index: known(this.indices, key) };
  }
}
