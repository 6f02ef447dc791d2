/**
 * Measuring f16 and bf16: a value's 16 bits are its index in the table, from which the engine's side reads every figure
 * off, moments included. Several tables in turn, or wider loads, are no faster: equal neighbours do not wait for each
 * other where the processor renames what was just stored.
 */
import { tally } from './bins';
import { BLOCK } from './layout';

export function measureHalf(count: u32): void {
  const end: usize = BLOCK + (count << 1);
  const unrolledEnd: usize = BLOCK + ((count & ~15) << 1);
  for (let at: usize = BLOCK; at < unrolledEnd; at += 32) {
    tally(load<u16>(at));
    tally(load<u16>(at, 2));
    tally(load<u16>(at, 4));
    tally(load<u16>(at, 6));
    tally(load<u16>(at, 8));
    tally(load<u16>(at, 10));
    tally(load<u16>(at, 12));
    tally(load<u16>(at, 14));
    tally(load<u16>(at, 16));
    tally(load<u16>(at, 18));
    tally(load<u16>(at, 20));
    tally(load<u16>(at, 22));
    tally(load<u16>(at, 24));
    tally(load<u16>(at, 26));
    tally(load<u16>(at, 28));
    tally(load<u16>(at, 30));
  }
  for (let at = unrolledEnd; at < end; at += 2) tally(load<u16>(at));
}
