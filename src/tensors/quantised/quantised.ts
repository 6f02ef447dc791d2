/**
 * Weights that stand in a file as codes and scales: they are read as f32, at addresses of their own behind the end of the file,
 * and of what becomes of them only zeros are written back, as the code that is exactly zero.
 */
import type { ByteRange } from '../tensor';
import { type AffineCodes, clearAffine, codeRange, codesInByte, decodeAffine, setNearest } from './affine';
import { type BlockType, codingOf } from './blocks';

export interface QuantisedElements {
  readonly coding: Coding;
  /** Four bytes an element: behind the end of the file, where storages of such tensors point. */
  readonly addresses: ByteRange;
  /** Where the codes are in the file: one run. */
  readonly segments: readonly [ByteRange];
  /** Of the file. */
  readonly byteOrder: 'little' | 'big';
}

export type Coding = BlockType | AffineCodes;

/** Of the f32 that an element is read as. */
export const elementBytes = 4;

/** Between the addresses of two tensors, so that no read goes across. */
const addressGap = 2 ** 20;

/** Gives out addresses behind the end of a file of `size` bytes. */
export class Addresses {
  private next: number;

  constructor(size: number) {
    this.next = behind(size);
  }

  /** @param width of an element in bytes */
  of(numel: number, width = elementBytes): ByteRange {
    const addresses = { start: this.next, end: this.next + numel * width };
    this.next = behind(addresses.end);
    return addresses;
  }
}

function behind(end: number): number {
  return Math.ceil(end / addressGap) * addressGap + addressGap;
}

/** Elements of a block, and its bytes: of codes that are less than a byte, those in one. */
function blockOf({ coding }: QuantisedElements): { readonly elements: number; readonly bytes: number } {
  return typeof coding === 'string' ? codingOf(coding) : { elements: codesInByte(coding), bytes: 1 };
}

/** The blocks that hold elements `[first, last)`: their bytes in the file, and the index of their first element. */
export function blocksAround(
  quantised: QuantisedElements,
  first: number,
  last: number,
): ByteRange & { readonly element: number } {
  const { elements, bytes } = blockOf(quantised);
  const block = Math.floor(first / elements);
  const { start } = quantised.segments[0];
  return { start: start + block * bytes, end: start + Math.ceil(last / elements) * bytes, element: block * elements };
}

/**
 * @param codes whole blocks
 * @param element index of their first one
 */
export function decode(quantised: QuantisedElements, codes: Uint8Array, element: number): Float32Array<ArrayBuffer> {
  const { coding, byteOrder } = quantised;
  if (typeof coding !== 'string') return decodeAffine(codes, coding, element);
  const { elements, bytes, decode: decodeBlock } = codingOf(coding);
  const out = new Float32Array((codes.length / bytes) * elements);
  const littleEndian = byteOrder === 'little';
  for (let at = 0, to = 0; at < codes.length; at += bytes, to += elements)
    decodeBlock(codes, at, littleEndian, out, to);
  return out;
}

/** Whether a tensor of this coding can hold exact zeros wherever they are wanted. */
export function canBeZero(coding: Coding): boolean {
  if (typeof coding === 'string') return codingOf(coding).clear !== undefined;
  const [least, most] = codeRange(coding);
  return coding.zeroPoints.every((zero) => zero >= least && zero <= most);
}

/** Makes one element zero, of those whose codes these are. */
export function clear(quantised: QuantisedElements, codes: Uint8Array, element: number, place: number): void {
  const { coding } = quantised;
  if (typeof coding === 'string') {
    const { elements, bytes, clear: clearIn } = codingOf(coding);
    clearIn?.(codes, Math.floor(place / elements) * bytes, place % elements, quantised.byteOrder === 'little');
    return;
  }
  clearAffine(codes, coding, element, place);
}

/**
 * Codes of whole values: those that are as they were keep theirs, others have the nearest, and zeros the one that is zero.
 * @param codes of all elements, from the first one on
 */
export function putNearest(quantised: QuantisedElements, codes: Uint8Array, values: Float32Array): void {
  const { coding } = quantised;
  const before = decode(quantised, codes, 0);
  for (let i = 0; i < values.length; i++) {
    if (values[i] === before[i]) continue;
    if (values[i] === 0) clear(quantised, codes, 0, i);
    else if (typeof coding !== 'string') setNearest(codes, coding, 0, i, values[i]!);
  }
}
