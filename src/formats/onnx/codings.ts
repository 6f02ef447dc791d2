/** Which of a model's tensors are codes with scales and zero points that stand in the file, and what keeps the others as they are. */
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { ByteSource } from '../../lib/source';
import { bitsOf, type Dtype, isPrunableDtype, labelOf } from '../../tensors/dtype';
import type { CodesUse, CodesUses } from '../../tensors/graph/codes';
import type { Value } from '../../tensors/graph/scopes';
import { type AffineCodes, codeRange, decodeAffine } from '../../tensors/quantised/affine';
import { type ByteRange, numelOf, type Storage, type TensorId } from '../../tensors/tensor';
import { decodeNumbers, elementsIn } from './elements';
import type { Place } from './place';
import { dtypeOf, type TensorRecord } from './tensorProto';

/** What was found of one tensor: how its codes are read, why they stay, or both. */
export interface Coded {
  readonly coding?: AffineCodes;
  /** Of the codes in the file. */
  readonly range?: ByteRange;
  /** What they are called: `int8`. */
  readonly label: string;
  /** Of the elements; differs from the file's where several stand in a byte. */
  readonly shape: readonly number[];
  readonly readOnly?: string;
}

interface Codable {
  readonly tensor: TensorRecord;
  readonly shape: readonly number[];
}

type Placed = Place & { readonly offset?: number };

const widths: Partial<Record<Dtype, { readonly bits: 2 | 4 | 8; readonly signed: boolean; readonly label: string }>> = {
  I8: { bits: 8, signed: true, label: 'int8' },
  U8: { bits: 8, signed: false, label: 'uint8' },
  I4: { bits: 4, signed: true, label: 'int4' },
  U4: { bits: 4, signed: false, label: 'uint4' },
  I2: { bits: 2, signed: true, label: 'int2' },
  U2: { bits: 2, signed: false, label: 'uint2' },
};

const reasons = {
  otherwise: 'quantised, but also read as plain integers',
  several: 'quantised, and read by several operators with different scales',
  shared: 'quantised, and shares its bytes with a tensor that is read in another way',
  moved: 'quantised, and rearranged before its scales are applied',
  layout: 'quantised, with scales that do not fit its shape',
  tooMany: 'quantised, with more scales than Secateur holds',
  noCode: 'quantised, with a zero point that is no code',
  fraction: 'quantised, with zero points that are no whole numbers: no code is exactly zero',
  varints: 'quantised, in numbers of varying length (int32_data)',
  strewn: 'quantised, and strewn over several records',
};

/** Of all tensors together: scales and zero points are held. */
const maxScales = 2 ** 23;

/**
 * Reads the scales and zero points of all tensors that operators read as codes.
 * @param tensors of the model by id
 * @param places of their elements, likewise
 */
export async function codingsOf(
  source: ByteSource,
  tensors: readonly Codable[],
  places: readonly Placed[],
  uses: ReadonlyMap<TensorId, CodesUses>,
): Promise<Map<TensorId, Coded>> {
  const numbers = new Numbers(source, tensors, places);
  const found = new Map<TensorId, Coded>();
  for (const [id, used] of uses) {
    const { tensor, shape } = at(tensors, id);
    const dtype = dtypeOf(tensor);
    if (isPrunableDtype(dtype) || bitsOf(dtype) === 0) continue;
    found.set(id, await codedOf(at(places, id), dtype, shape, used, numbers, tensor.variableWidth));
  }
  return apart(found, places);
}

async function codedOf(
  place: Placed,
  dtype: Dtype,
  stored: readonly number[],
  { uses, otherwise }: CodesUses,
  numbers: Numbers,
  isListed: boolean,
): Promise<Coded> {
  const first = at(uses, 0);
  const width = first.packed === undefined ? widths[dtype] : packedWidth(first.packed, dtype);
  const shape = width && first.packed !== undefined ? unpacked(stored, width.bits) : stored;
  const label = width?.label ?? labelOf(dtype);
  const shut = (readOnly: string): Coded => ({ label, shape: stored, readOnly });
  if (!width) return shut(`quantised to ${label}: Secateur writes zero points of integers of 8 bits and less`);
  if (place.storage === undefined) return shut(isListed ? reasons.varints : (place.readOnly ?? reasons.varints));
  if (place.storage.segments.length > 1) return shut(reasons.strewn);
  if (otherwise) return shut(reasons.otherwise);
  const coding = await codingOf(first, shape, width, numbers);
  if (typeof coding === 'string') return shut(coding);
  for (const use of uses.slice(1)) {
    if (use.scale === first.scale && use.zero === first.zero && use.axis === first.axis) continue;
    const other = await codingOf(use, shape, width, numbers);
    if (typeof other === 'string' || keyOf(other) !== keyOf(coding)) return shut(reasons.several);
  }
  const start = at(place.storage.segments, 0).start + ((place.offset ?? 0) * bitsOf(dtype)) / 8;
  const range = { start, end: start + Math.ceil((numelOf(shape) * width.bits) / 8) };
  return { coding, range, label, shape, ...(place.readOnly !== undefined && { readOnly: place.readOnly }) };
}

/** MatMulNBits has its codes in bytes, whatever their width. */
function packedWidth(bits: number, dtype: Dtype) {
  if (dtype !== 'U8' || (bits !== 2 && bits !== 4 && bits !== 8)) return undefined;
  return { bits, signed: false, label: `uint${bits}` } as const;
}

function unpacked(shape: readonly number[], bits: number): number[] {
  return shape.map((size, axis) => (axis === shape.length - 1 ? (size * 8) / bits : size));
}

type Width = Pick<AffineCodes, 'signed'> & { readonly bits: 2 | 4 | 8 };

/** How one operator reads the codes, or why that is not known. */
async function codingOf(
  use: CodesUse,
  shape: readonly number[],
  { bits, signed }: Width,
  numbers: Numbers,
): Promise<AffineCodes | string> {
  // Integer products that nothing scales have the codes themselves as their values.
  const scale = use.scale ? await numbers.of(use.scale, 'scale') : Float32Array.of(1);
  if (typeof scale === 'string') return scale;
  const zero = await zeroPointsOf(use, shape, bits, numbers);
  if (typeof zero === 'string') return zero;
  const [least, most] = codeRange({ bits, signed });
  if (!zero.every(Number.isInteger)) return reasons.fraction;
  if (!zero.every((each) => each >= least && each <= most)) return reasons.noCode;
  const count = Math.max(scale.length, zero.length);
  if ((scale.length !== count && scale.length !== 1) || (zero.length !== count && zero.length !== 1)) {
    return reasons.layout;
  }
  const layout = layoutOf(use, shape, count);
  if (typeof layout === 'string') return layout;
  const isOne = zero.every((each) => each === zero[0]);
  return {
    bits,
    signed,
    scales: scale.length === count ? scale : new Float32Array(count).fill(scale[0] ?? 1),
    zeroPoints: Int32Array.from(isOne ? [...zero.slice(0, 1)] : zero),
    ...layout,
  };
}

async function zeroPointsOf(
  { zero, packed }: CodesUse,
  shape: readonly number[],
  bits: number,
  numbers: Numbers,
): Promise<Float32Array | string> {
  // Where the type of the scales has none, packed codes lie around their middle.
  if (!zero) return Float32Array.of(packed === undefined ? 0 : 2 ** (bits - 1));
  const given = await numbers.of(zero, 'zero point');
  const isPacked = typeof given !== 'string' && packed !== undefined && bits < 8 && numbers.dtypeAt(zero) === 'U8';
  return isPacked ? unpackedZeros(given, shape, bits) : given;
}

/** A row's zero points fill whole bytes. */
function unpackedZeros(bytes: Float32Array, [rows = 1, blocks = 1]: readonly number[], bits: number): Float32Array {
  const inByte = 8 / bits;
  const rowBytes = Math.ceil(blocks / inByte);
  const zeros = new Float32Array(rows * blocks);
  for (let i = 0; i < zeros.length; i++) {
    const byte = bytes[Math.floor(i / blocks) * rowBytes + Math.floor((i % blocks) / inByte)] ?? Number.NaN;
    zeros[i] = (byte >> (bits * ((i % blocks) % inByte))) & (2 ** bits - 1);
  }
  return zeros;
}

/** Which element has which of so many scales. */
function layoutOf(
  { axis, block, packed, moved }: CodesUse,
  shape: readonly number[],
  count: number,
): Pick<AffineCodes, 'inChannel' | 'blocks'> | string {
  const numel = numelOf(shape);
  if (count === 1) return { inChannel: Math.max(1, numel) };
  if (moved) return reasons.moved;
  if (packed !== undefined) {
    const inBlock = shape.at(-1) ?? 1;
    return count * inBlock === numel ? { inChannel: inBlock } : reasons.layout;
  }
  const place = axis === undefined ? -1 : axis < 0 ? axis + shape.length : axis;
  const size = shape[place];
  if (size === undefined) return reasons.layout;
  const behind = numelOf(shape.slice(place + 1));
  if (block === 0) return count === size ? { inChannel: Math.max(1, behind) } : reasons.layout;
  if (count !== (numel / size) * Math.ceil(size / block)) return reasons.layout;
  if (behind === 1 && size % block === 0) return { inChannel: block };
  return { inChannel: 1, blocks: { size, block, behind } };
}

/** Scales and zero points as numbers, each read once. */
class Numbers {
  private readonly source: ByteSource;
  private readonly tensors: readonly Codable[];
  private readonly read = new Map<TensorId, Promise<Float32Array | undefined>>();
  private readonly stored: Parameters<typeof elementsIn>[1];
  private total = 0;

  constructor(source: ByteSource, tensors: readonly Codable[], places: readonly Placed[]) {
    this.source = source;
    this.tensors = tensors;
    this.stored = {
      tensors: tensors.map(({ tensor, shape }, i) => {
        const { storage, offset = 0 } = at(places, i);
        return { dtype: dtypeOf(tensor), shape, storage: storage ? i : -1, storageOffset: offset };
      }),
      storages: places.map(({ storage }): Storage => storage ?? { segments: [], byteLength: 0 }),
    };
  }

  dtypeAt({ tensor }: Value): Dtype | undefined {
    return tensor === undefined ? undefined : dtypeOf(at(this.tensors, tensor).tensor);
  }

  /** @returns why they are not known, where they are not */
  async of({ tensor, producer }: Value, what: 'scale' | 'zero point'): Promise<Float32Array | string> {
    if (tensor === undefined) {
      return producer
        ? `quantised, with a ${what} that ${producer.opType} computes when the model runs`
        : `quantised, with a ${what} that is no constant of the file`;
    }
    const numel = numelOf(at(this.tensors, tensor).shape);
    if (!this.read.has(tensor)) {
      if (this.total + numel > maxScales) return reasons.tooMany;
      this.total += numel;
      this.read.set(tensor, this.numbersAt(tensor));
    }
    return (await known(this.read, tensor)) ?? `quantised, with a ${what} that cannot be read`;
  }

  private async numbersAt(tensor: TensorId): Promise<Float32Array | undefined> {
    const record = at(this.tensors, tensor).tensor;
    const width = widths[dtypeOf(record)];
    if (width && width.bits < 8) return this.narrowAt(tensor, width);
    const bytes = await elementsIn(this.source, this.stored, record);
    const numbers = bytes && decodeNumbers(dtypeOf(record), await bytes.read(0, bytes.size));
    return numbers && numbers.length > 0 ? Float32Array.from(numbers) : undefined;
  }

  /** Zero points of less than a byte are packed as codes are. */
  private async narrowAt(tensor: TensorId, width: Width): Promise<Float32Array | undefined> {
    const { shape, storage, storageOffset } = at(this.stored.tensors, tensor);
    const segment = this.stored.storages[storage]?.segments[0];
    const first = (storageOffset * width.bits) / 8;
    if (!segment || !Number.isInteger(first)) return undefined;
    const numel = numelOf(shape);
    const bytes = await this.source.read(segment.start + first, Math.ceil((numel * width.bits) / 8));
    const plain = { ...width, scales: Float32Array.of(1), zeroPoints: Int32Array.of(0), inChannel: numel };
    return decodeAffine(bytes, plain, 0).slice(0, numel);
  }
}

/** What shares bytes with others is read as they are, or stays as it is. */
function apart(found: Map<TensorId, Coded>, places: readonly Placed[]): Map<TensorId, Coded> {
  const users = new Map<Storage, TensorId[]>();
  places.forEach(({ storage }, id) => {
    if (storage) getOrInsert(users, storage, () => []).push(id);
  });
  const result = new Map<TensorId, Coded>();
  for (const [id, coded] of found) {
    const { storage } = at(places, id);
    const others = storage ? known(users, storage) : [];
    const alike = others.length < 2 || others.every((other) => placeKey(found.get(other)) === placeKey(coded));
    const { coding, range, ...rest } = coded;
    result.set(id, !coding || alike ? coded : { ...rest, readOnly: reasons.shared });
  }
  return result;
}

function placeKey(coded: Coded | undefined): string | undefined {
  if (!coded?.coding || !coded.range) return undefined;
  return `${coded.range.start} ${coded.range.end} ${keyOf(coded.coding)}`;
}

function keyOf({ bits, signed, scales, zeroPoints, inChannel, blocks }: AffineCodes): string {
  return JSON.stringify([bits, signed, inChannel, blocks, [...scales], [...zeroPoints]]);
}
