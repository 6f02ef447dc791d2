/** OpenVINO's models (IR): the layers as XML, their constants one behind the other in a file beside it. */
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { firstPart, type Part } from '../../lib/parts';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import { type ByteRange, contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Format, Note } from '../format';
import { judgementsOf } from '../judging';
import { uniqueNames } from '../names';
import { declaredOf } from './evidence';
import { followersIn, type Layer, readModel } from './model';
import { looksLikeOpenVino } from './sniff';

const format = 'OpenVINO';
/** Of the description: some hundred bytes an operator. */
const mostBytes = 128 * 2 ** 20;

const dtypes: ReadonlyMap<string, Dtype> = new Map([
  ['f64', 'F64'],
  ['f32', 'F32'],
  ['f16', 'F16'],
  ['bf16', 'BF16'],
  ['f8e4m3', 'F8_E4M3'],
  ['f8e5m2', 'F8_E5M2'],
  ['f8e8m0', 'F8_E8M0'],
  ['f4e2m1', 'F4'],
  ['i64', 'I64'],
  ['i32', 'I32'],
  ['i16', 'I16'],
  ['i8', 'I8'],
  ['i4', 'I4'],
  ['u64', 'U64'],
  ['u32', 'U32'],
  ['u16', 'U16'],
  ['u8', 'U8'],
  ['u4', 'U4'],
  ['u2', 'U2'],
  ['boolean', 'BOOL'],
  ['string', 'STRING'],
]);

const compressed = 'weights in bytes or less, with scales of their own: prune the model before it is compressed';

interface Constant {
  /** Behind the body that it is in. */
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In the file of weights. */
  readonly range: ByteRange;
  readonly declared: Declared | undefined;
}

export const openvino: Format = {
  sniff: looksLikeOpenVino,

  async beside(_source, fileName, names) {
    const wanted = weightsOf(fileName);
    return names.filter((name) => name === wanted);
  },

  async open(source, parts) {
    const description = firstPart(parts);
    const context: ErrorContext = { file: description.name, format };
    const size = description.end - description.start;
    if (size > mostBytes) {
      throw new CheckpointError('unsupported-feature', `Its description is ${size} bytes long.`, context);
    }
    const text = new TextDecoder().decode(await source.read(description.start, size));
    const constants = constantsIn(text, context);
    const weights = parts.find(({ name }) => name === weightsOf(description.name));
    const judgements = judgementsOf({
      tensors: constants.map(({ name, dtype, shape, declared }) => ({
        ...{ name, container: '', dtype, shape },
        ...(declared && { declared }),
      })),
      convention: 'graph',
    });
    const names = uniqueNames(constants.map(({ name }) => ({ name, container: '' })));
    const places = weights && new Places(weights, constants, context);
    const tensors = constants.map((constant, i): TensorInfo => {
      const { dtype, shape } = constant;
      const name = at(names, i);
      const readOnly = places
        ? places.reasonFor(constant)
        : `stored in ${weightsOf(description.name)}, which was not given`;
      return {
        ...{ name, container: '', dtype, shape, strides: contiguousStrides(shape), storageOffset: 0 },
        storage: places?.of(constant, name) ?? -1,
        ...at(judgements, i),
        ...(readOnly !== undefined && { readOnly }),
      };
    });
    return {
      ...{ format, can: {}, parts, tensors, storages: places?.storages ?? [], checksums: [] },
      ...{ byteOrder: 'little', notes: weights ? [] : [missingNote(description.name)] },
    };
  },
};

function weightsOf(fileName: string): string {
  return fileName.replace(/\.xml$/i, '.bin');
}

function missingNote(fileName: string): Note {
  const text = `Its weights are in ${weightsOf(fileName)}, which is missing: drop both files together.`;
  return { severity: 'warning', text };
}

function constantsIn(text: string, context: ErrorContext): Constant[] {
  return readModel(text, context).flatMap((scope) => {
    const followers = followersIn(scope);
    return [...scope.layers.values()]
      .filter(({ type }) => type === 'Const')
      .map((layer): Constant => {
        const { dtype, shape, range } = contentOf(layer, context);
        const declared = declaredOf(layer.id, shape, followers);
        const name = scope.name === '' ? layer.name : `${scope.name}/${layer.name}`;
        return { name, dtype, shape, range, declared };
      });
  });
}

/** @throws CheckpointError `malformed-file` where it says no shape and place, or has another size than its shape needs */
function contentOf({ name, settings }: Layer, context: ErrorContext) {
  const dtype = dtypes.get(settings.get('element_type') ?? '') ?? 'OPAQUE';
  const sizes = (settings.get('shape') ?? '').split(',').map((size) => size.trim());
  const shape = sizes.length === 1 && sizes[0] === '' ? [] : sizes.map(countIn);
  const [start, size] = ['offset', 'size'].map((key) => countIn(settings.get(key) ?? ''));
  const where = { ...context, tensor: name.slice(0, 100) };
  if (start === undefined || size === undefined || shape.some((each) => each === undefined)) {
    throw malformed(`The constant "${where.tensor}" says no shape and place in numbers.`, where);
  }
  const whole = shape as number[];
  const bits = bitsOf(dtype);
  const needed = Math.ceil((numelOf(whole) * bits) / 8);
  if (bits > 0 && needed !== size) {
    throw malformed(
      `The constant "${where.tensor}" needs ${countInWords(needed)} bytes for [${whole.join(', ')}], but has ${size}.`,
      where,
    );
  }
  return { dtype, shape: whole, range: { start, end: start + size } };
}

function countIn(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Ranges of the file of weights as storages: constants of equal content share one. */
class Places {
  readonly storages: Storage[] = [];
  private readonly part: Part;
  private readonly context: ErrorContext;
  private readonly known = new Map<string, number>();
  private readonly types = new Map<string, Set<Dtype>>();

  /** @throws CheckpointError `malformed-file` where constants overlap */
  constructor(part: Part, constants: readonly Constant[], context: ErrorContext) {
    this.part = part;
    this.context = context;
    for (const { range, dtype } of constants) {
      const key = keyOf(range);
      this.types.set(key, (this.types.get(key) ?? new Set()).add(dtype));
    }
    const ranges = constants.map(({ range }) => range).filter(({ start, end }) => end > start);
    let before: ByteRange | undefined;
    for (const range of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
      const isOther = before !== undefined && keyOf(before) !== keyOf(range);
      if (before && isOther && range.start < before.end) {
        throw malformed(`Two of its constants overlap at byte ${range.start} of ${part.name}.`, context);
      }
      before = range;
    }
  }

  reasonFor({ dtype, shape, range, declared }: Constant): string | undefined {
    if (dtype === 'STRING') return 'strings: not floating point';
    if (dtype === 'OPAQUE') return 'of a type that Secateur does not know';
    if (/^[IU][248]$/.test(dtype) && shape.length > 1 && declared) return compressed;
    if ((this.types.get(keyOf(range))?.size ?? 0) > 1) return 'its bytes are those of a constant of another type, too';
    return undefined;
  }

  /** @throws CheckpointError `malformed-file` where it is not in the file */
  of({ dtype, range: { start, end } }: Constant, name: string): number {
    const size = this.part.end - this.part.start;
    if (end > size) {
      throw malformed(
        `The constant "${name}" is at bytes ${start} to ${end} of ${this.part.name}, which has only ${size}.`,
        {
          ...{ ...this.context, file: this.part.name, tensor: name },
          advice: 'The files may be of different models, or one of them be cut short.',
        },
      );
    }
    if (bitsOf(dtype) === 0) return -1;
    const key = keyOf({ start, end });
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const segment = { start: this.part.start + start, end: this.part.start + end };
    const made = this.storages.push({ segments: [segment], byteLength: end - start }) - 1;
    this.known.set(key, made);
    return made;
  }
}

function keyOf({ start, end }: ByteRange): string {
  return `${start} ${end}`;
}
