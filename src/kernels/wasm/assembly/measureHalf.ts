/**
 * Measuring f16 and bf16: a value's 16 bits are its index in the table, from which the engine's side reads every figure
 * off, moments included. A call reports only what spares it a search of the whole table.
 */
import { BLOCK, SCRATCH } from './layout';
import { tally } from './measure';
import { FINITE, HIGH_BIN, INFINITE, LOW_BIN, report } from './results';

/** @param infinity its bits: 0x7c00 or 0x7f80 */
export function measureHalf(count: u32, infinity: u32): void {
  const end: usize = BLOCK + (count << 1);
  const vectorEnd: usize = BLOCK + ((count & ~7) << 1);
  const magnitudeBits = i16x8.splat(0x7fff);
  let low = magnitudeBits;
  let high = i16x8.splat(0);
  for (let at: usize = BLOCK; at < vectorEnd; at += 16) {
    tally(load<u16>(at));
    tally(load<u16>(at, 2));
    tally(load<u16>(at, 4));
    tally(load<u16>(at, 6));
    tally(load<u16>(at, 8));
    tally(load<u16>(at, 10));
    tally(load<u16>(at, 12));
    tally(load<u16>(at, 14));
    const magnitudes = v128.and(v128.load(at), magnitudeBits);
    low = i16x8.min_u(low, magnitudes);
    high = i16x8.max_u(high, magnitudes);
  }
  for (let at = vectorEnd; at < end; at += 2) tally(load<u16>(at));

  let finite: u32 = 0;
  let infinities: u32 = 0;
  let lowest: u32 = 0xffff;
  let highest: i32 = -1;
  let unseen: usize = BLOCK;
  if (vectorEnd > BLOCK && greatest(high) < infinity) {
    finite = <u32>(vectorEnd - BLOCK) >>> 1;
    lowest = 0xffff - greatest(v128.not(low));
    highest = greatest(high);
    unseen = vectorEnd;
  }
  for (let at = unseen; at < end; at += 2) {
    const magnitude = <u32>load<u16>(at) & 0x7fff;
    if (magnitude < infinity) {
      finite++;
      if (magnitude < lowest) lowest = magnitude;
      if (<i32>magnitude > highest) highest = magnitude;
    } else {
      infinities += u32(magnitude == infinity);
    }
  }
  report(FINITE, finite);
  report(INFINITE, infinities);
  report(LOW_BIN, lowest);
  report(HIGH_BIN, highest);
}

function greatest(values: v128): u32 {
  v128.store(SCRATCH, values);
  let greatest: u32 = 0;
  for (let lane: usize = 0; lane < 16; lane += 2) {
    const value = <u32>load<u16>(SCRATCH + lane);
    if (value > greatest) greatest = value;
  }
  return greatest;
}
