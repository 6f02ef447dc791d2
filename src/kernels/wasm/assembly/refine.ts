/** Finding the values of one fine bin in the block. */
import { BLOCK, MATCHES, padBlock } from './layout';
import { NEGATIVE, POSITIVE, report } from './results';

/**
 * Writes a u32 to MATCHES for every value in the bin: its sign at bit 16 above the 16 bits that the bin leaves open.
 * @returns how many
 */
export function collectF32(count: u32, bin: u32): u32 {
  const binBits = i32x4.splat(0x7fff0000);
  const wanted = i32x4.splat(bin << 16);
  const end: usize = BLOCK + (count << 2);
  let to = MATCHES;
  padBlock(count << 2);
  for (let at: usize = BLOCK; at < end; at += 16) {
    let lanes = i32x4.bitmask(i32x4.eq(v128.and(v128.load(at), binBits), wanted));
    for (; lanes != 0; lanes &= lanes - 1) {
      const bits = load<u32>(at + (ctz(lanes) << 2));
      store<u32>(to, (bits & 0xffff) | ((bits >>> 31) << 16));
      to += 4;
    }
  }
  return <u32>(to - MATCHES) >>> 2;
}

/** Writes to MATCHES every value with `lowest <= |w| <= highest`. @returns how many */
export function collectF64(count: u32, lowest: f64, highest: f64): u32 {
  const low = f64x2.splat(lowest);
  const high = f64x2.splat(highest);
  const end: usize = BLOCK + (count << 3);
  let to = MATCHES;
  padBlock(count << 3);
  for (let at: usize = BLOCK; at < end; at += 16) {
    const magnitudes = f64x2.abs(v128.load(at));
    let lanes = i64x2.bitmask(v128.and(f64x2.ge(magnitudes, low), f64x2.le(magnitudes, high)));
    for (; lanes != 0; lanes &= lanes - 1) {
      store<f64>(to, load<f64>(at + (ctz(lanes) << 3)));
      to += 8;
    }
  }
  return <u32>(to - MATCHES) >>> 3;
}

/** Reports how many values are those `bits`, and how many with the sign set. */
export function countHalf(count: u32, bits: u32): void {
  const positive = i16x8.splat(<i16>bits);
  const negative = i16x8.splat(<i16>(bits | 0x8000));
  const end: usize = BLOCK + (count << 1);
  let positives: u32 = 0;
  let negatives: u32 = 0;
  padBlock(count << 1);
  for (let at: usize = BLOCK; at < end; at += 16) {
    const values = v128.load(at);
    positives += <u32>popcnt(i16x8.bitmask(i16x8.eq(values, positive)));
    negatives += <u32>popcnt(i16x8.bitmask(i16x8.eq(values, negative)));
  }
  report(POSITIVE, positives);
  report(NEGATIVE, negatives);
}
