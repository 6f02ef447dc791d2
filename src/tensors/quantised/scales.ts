/** What decoding blocks has in common. */
import { f16ToNumber } from '../half';

/** Writes the elements of the block at `at` into `out` from `to` on. */
export type DecodeBlock = (codes: Uint8Array, at: number, littleEndian: boolean, out: Float32Array, to: number) => void;

/** An f16 scale. */
export function halfAt(codes: Uint8Array, at: number, littleEndian: boolean): number {
  const [first, second] = [codes[at]!, codes[at + 1]!];
  return f16ToNumber(littleEndian ? first | (second << 8) : (first << 8) | second);
}
