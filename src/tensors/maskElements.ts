/** Masks as torch.nn.utils.prune stores them: 1 and 0 as floating point numbers, in the dtype of the weights. */
import { byteWidthOf, type PrunableDtype } from './dtype';

/** The upper 16 bits of 1; all bits below them are 0 in every dtype. */
const upperBitsOfOne: Record<PrunableDtype, number> = { F64: 0x3ff0, F32: 0x3f80, F16: 0x3c00, BF16: 0x3f80 };

/** @param kept 1 or 0 for each element */
export function maskElements(
  kept: Uint8Array,
  dtype: PrunableDtype,
  byteOrder: 'little' | 'big',
): Uint8Array<ArrayBuffer> {
  const words = byteWidthOf(dtype) / 2;
  const upper = upperBitsOfOne[dtype];
  const isBig = byteOrder === 'big';
  const one = isBig ? (upper >>> 8) | ((upper & 0xff) << 8) : upper;
  const out = new Uint16Array(kept.length * words);
  for (let i = 0, at = isBig ? 0 : words - 1; i < kept.length; i++, at += words) if (kept[i] !== 0) out[at] = one;
  return new Uint8Array(out.buffer);
}

/**
 * @param elements little-endian
 * @returns 1 or 0 for each element; undefined where one is neither
 */
export function keptByElements(elements: Uint8Array, dtype: PrunableDtype): Uint8Array<ArrayBuffer> | undefined {
  const words = byteWidthOf(dtype) / 2;
  // A copy begins where 16-bit words may.
  const bits = new Uint16Array(elements.slice().buffer);
  const one = upperBitsOfOne[dtype];
  const kept = new Uint8Array(bits.length / words);
  for (let i = 0, at = 0; i < kept.length; i++, at += words) {
    for (let lower = at; lower < at + words - 1; lower++) if (bits[lower] !== 0) return undefined;
    const upper = bits[at + words - 1]!;
    if (upper === one) kept[i] = 1;
    else if ((upper & 0x7fff) !== 0) return undefined;
  }
  return kept;
}
