/** Checkpoints of Flax (`flax.serialization.to_bytes`, Hugging Face's `flax_model.msgpack`): one MessagePack value. */
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { firstPart } from '../../lib/parts';
import { axesAt } from '../../tensors/axes';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import { contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Format } from '../format';
import { judgementsOf } from '../judging';
import { uniqueNames } from '../names';
import { openWeights } from '../wrongFiles/advice';
import { looksLikeFlax } from './sniff';
import { arraysIn, type FoundArray } from './walk';

const dtypes: ReadonlyMap<string, Dtype> = new Map([
  ['float64', 'F64'],
  ['float32', 'F32'],
  ['float16', 'F16'],
  ['bfloat16', 'BF16'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
  ['float8_e4m3fnuz', 'F8_E4M3FNUZ'],
  ['float8_e5m2fnuz', 'F8_E5M2FNUZ'],
  ['complex128', 'C128'],
  ['complex64', 'C64'],
  ['int64', 'I64'],
  ['int32', 'I32'],
  ['int16', 'I16'],
  ['int8', 'I8'],
  ['uint64', 'U64'],
  ['uint32', 'U32'],
  ['uint16', 'U16'],
  ['uint8', 'U8'],
  ['bool', 'BOOL'],
]);

interface Placed {
  readonly name: string;
  readonly container: string;
  readonly array: FoundArray;
}

export const flax: Format = {
  sniff: looksLikeFlax,

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'Flax' };
    const found = (await arraysIn(source, context)).map(placed(context));
    if (found.length === 0) {
      const text = 'This is a MessagePack file without an array of Flax.';
      throw new CheckpointError('unrecognised-file', text, { ...context, advice: openWeights });
    }
    const isTree = found.some(({ array }) => array.path[0] === 'params');
    // A training state has parameters, statistics and an optimizer's state beside each other.
    const named = found.map(({ array, ...place }) => ({ ...place, array, ...(isTree ? split(array) : whole(array)) }));
    const judgements = judgementsOf({
      tensors: named.map(({ name, container, array: { shape, dtype } }) => {
        const declared = declaredOf(name, shape);
        return {
          ...{ name, container, dtype: dtypes.get(dtype) ?? 'OPAQUE', shape },
          ...(isState(container) && { role: 'optimizer' as const }),
          ...(container === 'batch_stats' && { role: 'buffer' as const }),
          ...(declared && { declared }),
        };
      }),
      convention: 'flax',
    });
    const names = uniqueNames(named);
    const storages: Storage[] = [];
    const tensors = named.map(({ container, array: { shape, ...array } }, i): TensorInfo => {
      const dtype = dtypes.get(array.dtype) ?? 'OPAQUE';
      const byteLength = array.segments.reduce((sum, { start, end }) => sum + end - start, 0);
      const storage = dtype === 'OPAQUE' ? -1 : storages.push({ segments: array.segments, byteLength }) - 1;
      const readOnly = isState(container)
        ? 'optimizer state: never touched'
        : dtype === 'OPAQUE'
          ? `its type ${array.dtype.slice(0, 40)} is none that Secateur knows`
          : undefined;
      return {
        ...{ name: at(names, i), container, dtype, shape, strides: contiguousStrides(shape), storage },
        ...{ storageOffset: 0, ...at(judgements, i) },
        ...(readOnly !== undefined && { readOnly }),
      };
    });
    return {
      ...{ format: 'Flax', can: {}, parts, tensors, storages, checksums: [] },
      ...{ byteOrder: 'little', notes: [] },
    };
  },
};

/** @throws CheckpointError `malformed-file` where an array has not the bytes that its shape needs */
function placed(context: ErrorContext): (array: FoundArray) => Placed {
  return (array) => {
    const { shape, dtype, segments } = array;
    const { name, container } = whole(array);
    const known = dtypes.get(dtype);
    const width = known === undefined ? 0 : bitsOf(known) / 8;
    const lengths = segments.map(({ start, end }) => end - start);
    const needed = numelOf(shape) * width;
    const has = lengths.reduce((sum, length) => sum + length, 0);
    if (width > 0 && (has !== needed || lengths.some((length) => length % width !== 0))) {
      throw malformed(
        `The array "${name}" needs ${countInWords(needed)} bytes for ${dtype} [${shape.join(', ')}], but has ${has}.`,
        {
          ...context,
          tensor: name,
          offset: at(segments, 0).start,
        },
      );
    }
    return { name, container, array };
  };
}

function whole({ path }: FoundArray): { name: string; container: string } {
  return { name: path.join('/'), container: '' };
}

function split({ path }: FoundArray): { name: string; container: string } {
  const [container = '', ...rest] = path;
  return rest.length === 0 ? { name: container, container: '' } : { name: rest.join('/'), container };
}

function isState(container: string): boolean {
  return /^opt(imizer)?_state$/.test(container);
}

/** Kernels of `ConvTranspose` are (…, inputs, outputs), too: TensorFlow's alone are turned. */
function declaredOf(name: string, shape: readonly number[]): Declared | undefined {
  const last = shape.length - 1;
  if (last < 2 || !/(^|\/)ConvTranspose(_\d+)?\/kernel$/.test(name)) return undefined;
  return { kind: 'conv', because: 'kernel of ConvTranspose', axes: axesAt(last, last - 1) };
}
