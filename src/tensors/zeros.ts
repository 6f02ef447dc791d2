/** Which elements are zero. */
import { byteWidthOf, type PrunableDtype } from './dtype';

/** By width: elements as words of so many bytes, and what of a word is no sign. */
const unsigned = { 2: 0x7fff, 4: 0x7fffffff } as const;

/**
 * @param kept one byte an element: becomes 0 where it is zero, of either sign, else 1
 * @returns how many are zero
 */
export function markZeros(elements: Uint8Array, dtype: PrunableDtype, kept: Uint8Array): number {
  const width = byteWidthOf(dtype);
  let zeros = 0;
  if (width === 8) {
    const words = aligned(elements, 4, Uint32Array);
    for (let i = 0; i < kept.length; i++) {
      const isZero = words[2 * i] === 0 && (words[2 * i + 1]! & unsigned[4]) === 0;
      kept[i] = isZero ? 0 : 1;
      if (isZero) zeros++;
    }
    return zeros;
  }
  const words = width === 4 ? aligned(elements, 4, Uint32Array) : aligned(elements, 2, Uint16Array);
  const ofMagnitude = width === 4 ? unsigned[4] : unsigned[2];
  for (let i = 0; i < kept.length; i++) {
    const isZero = (words[i]! & ofMagnitude) === 0;
    kept[i] = isZero ? 0 : 1;
    if (isZero) zeros++;
  }
  return zeros;
}

/** Whether all elements are numbers: no NaN, no infinity. */
export function areFinite(elements: Uint8Array, dtype: PrunableDtype): boolean {
  const [bits, words, step] = exponentsOf(elements, dtype);
  for (let i = step - 1; i < words.length; i += step) if ((words[i]! & bits) === bits) return false;
  return true;
}

/** Bits that are all set in what is no number, words that hold them, and how many words an element has (the last has them). */
function exponentsOf(elements: Uint8Array, dtype: PrunableDtype): [number, Uint16Array | Uint32Array, number] {
  switch (dtype) {
    case 'F16':
      return [0x7c00, aligned(elements, 2, Uint16Array), 1];
    case 'BF16':
      return [0x7f80, aligned(elements, 2, Uint16Array), 1];
    case 'F32':
      return [0x7f800000, aligned(elements, 4, Uint32Array), 1];
    case 'F64':
      return [0x7ff00000, aligned(elements, 4, Uint32Array), 2];
  }
}

/** A view of the bytes, or of a copy where they do not lie so. */
function aligned<Words>(
  bytes: Uint8Array,
  width: number,
  as: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Words,
): Words {
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return new as(buffer, byteOffset, length / width);
}
