/** From the tensors of a model that hold constants to those of a checkpoint. */
import { countInWords } from '../../lib/countInWords';
import { type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import type { EncodedElements } from '../../tensors/encodedElements';
import type { Declared } from '../../tensors/evidence';
import { judge } from '../../tensors/judge/judge';
import type { AffineCodes } from '../../tensors/quantised/affine';
import { Addresses, canBeZero } from '../../tensors/quantised/quantised';
import { type ByteRange, contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import { uniqueNames } from '../names';
import type { TfliteModel, TfliteTensor } from './model';
import { usesIn } from './uses';

/** By number of TensorType (schema.fbs). What is not here has no elements of a width: strings, resources. */
const dtypes: ReadonlyMap<number, Dtype> = new Map<number, Dtype>([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'I32'],
  [3, 'U8'],
  [4, 'I64'],
  [6, 'BOOL'],
  [7, 'I16'],
  [8, 'C64'],
  [9, 'I8'],
  [10, 'F64'],
  [11, 'C128'],
  [12, 'U64'],
  [15, 'U32'],
  [16, 'U16'],
  [17, 'I4'],
  [18, 'BF16'],
  [19, 'I2'],
  [20, 'U4'],
]);

const reasons = {
  sparse: 'sparse (values and indices), which Secateur does not patch',
  shuffled: 'in an order for one processor (SHUFFLED4x16INT8)',
  outside: 'in a file beside the model',
  metadata: 'metadata of the model',
  otherwise: 'shares its bytes with a tensor of another scale',
  narrow: 'quantised to less than a byte, which Secateur does not write',
  blocks: 'quantised in a way that is not scale and zero point',
} as const;

interface Found {
  readonly tensor: TfliteTensor;
  readonly container: string;
  readonly range?: ByteRange;
  readonly declared?: Declared;
  readonly isShuffled: boolean;
}

export interface Listing {
  readonly tensors: readonly TensorInfo[];
  readonly storages: readonly Storage[];
  readonly encoded: readonly EncodedElements[];
}

/** @throws CheckpointError `malformed-file` where a tensor's bytes do not fit its shape and dtype, or lie within another's */
export function listTensors(model: TfliteModel, size: number, context: ErrorContext): Listing {
  const found = constantsIn(model);
  assertApart(found, context);
  const names = uniqueNames(found.map(({ tensor: { name }, container }) => ({ name: name || '(unnamed)', container })));
  const codings = found.map(({ tensor }) => codingOf(tensor));
  const judgements = judge(
    found.map(({ tensor, declared }, i) => {
      const dtype = codings[i] ? 'F32' : (dtypes.get(tensor.type) ?? 'OPAQUE');
      return { name: at(names, i), container: '', dtype, shape: tensor.shape, ...(declared && { declared }) };
    }),
    'graph',
  );
  const places = new Places(size);
  const scalesOf = scalesByRange(found, codings);
  const tensors = found.map(({ tensor, range, isShuffled }, i): TensorInfo => {
    const name = at(names, i);
    const { shape } = tensor;
    const coding = codings[i];
    const dtype = dtypes.get(tensor.type) ?? 'OPAQUE';
    if (range && !tensor.isSparse) assertFits(name, shape, dtype, range, context);
    const ownReason = tensor.isSparse
      ? reasons.sparse
      : tensor.isOutside
        ? reasons.outside
        : isShuffled
          ? reasons.shuffled
          : model.metadata.has(tensor.buffer)
            ? reasons.metadata
            : quantisedReason(tensor, dtype, coding);
    const isDisputed = range !== undefined && (scalesOf.get(range.start)?.size ?? 0) > 1;
    const readOnly = ownReason ?? (isDisputed ? reasons.otherwise : undefined);
    const isRead = coding !== undefined && range !== undefined && ownReason === undefined;
    return {
      name,
      container: '',
      dtype: isRead ? 'F32' : dtype,
      ...(isRead && { stored: { label: coding.signed ? 'int8' : 'uint8', bytes: range.end - range.start } }),
      shape,
      strides: contiguousStrides(shape),
      storage: range ? places.of(range, isRead ? coding : undefined, numelOf(shape)) : -1,
      storageOffset: 0,
      ...at(judgements, i),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(readOnly !== undefined && isRead && { measured: true as const }),
    };
  });
  return { tensors, storages: places.storages, encoded: places.encoded };
}

function constantsIn({ subgraphs, buffers }: TfliteModel): Found[] {
  return subgraphs.flatMap((subgraph, number) => {
    const { declared, shuffled } = usesIn(subgraph);
    const container = number === 0 ? '' : subgraph.name || `subgraph ${number}`;
    return subgraph.tensors.flatMap((tensor, index): Found[] => {
      const range = buffers[tensor.buffer];
      if (!range && !tensor.isOutside) return [];
      const use = declared.get(index);
      const isShuffled = shuffled.has(index);
      return [{ tensor, container, isShuffled, ...(range && { range }), ...(use && { declared: use }) }];
    });
  });
}

/** Bytes are one tensor's, or those of tensors with the same bytes: what lies within others is nobody's model. */
function assertApart(found: readonly Found[], context: ErrorContext): void {
  const ranges = found.flatMap(({ range, tensor }) => (range ? [{ ...range, name: tensor.name }] : []));
  ranges.sort((a, b) => a.start - b.start || a.end - b.end);
  ranges.forEach(({ start, end, name }, i) => {
    const before = ranges[i - 1];
    if (!before || before.end <= start || (before.start === start && before.end === end)) return;
    throw malformed(`The bytes of "${name}" lie within those of "${before.name}".`, { ...context, offset: start });
  });
}

function assertFits(
  name: string,
  shape: readonly number[],
  dtype: Dtype,
  range: ByteRange,
  context: ErrorContext,
): void {
  const bits = bitsOf(dtype);
  if (bits === 0) return;
  const wanted = Math.ceil((numelOf(shape) * bits) / 8);
  const length = range.end - range.start;
  if (wanted === length) return;
  const needs = `The tensor "${name}" needs ${countInWords(wanted)} bytes for ${dtype} [${shape.join(', ')}]`;
  throw malformed(`${needs}, but its buffer has ${length}.`, { ...context, tensor: name, offset: range.start });
}

/** Bytes with a scale for the tensor, or one for each place along a dimension. */
function codingOf({ type, shape, quantisation }: TfliteTensor): AffineCodes | undefined {
  if (!quantisation || quantisation.isOther || (type !== 9 && type !== 3)) return undefined;
  const { scales, zeroPoints, dimension } = quantisation;
  const channels = shape[dimension] ?? 1;
  if (scales.length !== 1 && (scales.length !== channels || dimension < 0)) return undefined;
  const behind = scales.length === 1 ? shape : shape.slice(dimension + 1);
  return { signed: type === 9, scales, zeroPoints, inChannel: Math.max(1, numelOf(behind)) };
}

function quantisedReason({ quantisation }: TfliteTensor, dtype: Dtype, coding?: AffineCodes): string | undefined {
  if (coding) return canBeZero(coding) ? undefined : 'quantised, with a zero point that is no code';
  if (!quantisation) return undefined;
  if (dtype === 'I4' || dtype === 'I2' || dtype === 'U4') return reasons.narrow;
  return dtype === 'I8' || dtype === 'U8' ? reasons.blocks : undefined;
}

/** Of bytes that several tensors share: how they are read. */
function scalesByRange(
  found: readonly Found[],
  codings: readonly (AffineCodes | undefined)[],
): Map<number, Set<string>> {
  const scales = new Map<number, Set<string>>();
  found.forEach(({ range, tensor }, i) => {
    if (range) getOrInsert(scales, range.start, () => new Set()).add(keyOf(codings[i], tensor.type));
  });
  return scales;
}

/** Of a coding: which tensors of one buffer are read alike. */
function keyOf(coding: AffineCodes | undefined, type: number): string {
  if (!coding) return `${type}`;
  const { scales, zeroPoints, inChannel } = coding;
  return `${type} ${scales.length === 1 ? '' : inChannel} ${scales.join()} ${zeroPoints.join()}`;
}

/** Storages, each once: of bytes as they are, or of what they are read as. */
class Places {
  readonly storages: Storage[] = [];
  readonly encoded: EncodedElements[] = [];
  private readonly addresses: Addresses;
  private readonly known = new Map<string, number>();

  constructor(size: number) {
    this.addresses = new Addresses(size);
  }

  of(range: ByteRange, coding: AffineCodes | undefined, numel: number): number {
    return getOrInsert(this.known, `${range.start} ${keyOf(coding, -1)}`, () => {
      if (!coding) return this.add(range);
      const addresses = this.addresses.of(numel);
      this.encoded.push({ coding, addresses, segments: [range], byteOrder: 'little' });
      return this.add(addresses);
    });
  }

  private add(range: ByteRange): number {
    return this.storages.push({ segments: [range], byteLength: range.end - range.start }) - 1;
  }
}
