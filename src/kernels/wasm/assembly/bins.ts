/** The table of counts by the top 16 bits of a value: sign and magnitude bin. */
import { TABLE } from './layout';
import { BEYOND, HIGH_BIN, LOW_BIN, report } from './results';

const SIGN: u32 = 0x8000;

export function tally(index: u32): void {
  const at = index << 2;
  store<u32>(at, load<u32>(at, TABLE) + 1, TABLE);
}

/**
 * Reports where in the table counts are, so that nobody else has to search all of it: the lowest of the first `bins` bins
 * with counts of either sign and the highest (up to three bins too wide; LOW above HIGH: none), and the sum of all counts
 * beyond. Counting does not note this: it would take longer than the counts themselves.
 */
export function findBins(bins: u32): void {
  const end = (bins + 3) & ~3;
  let low: u32 = 0;
  while (low < end && !anyOfFour(low)) low += 4;
  let high = end;
  while (high > low && !anyOfFour(high - 4)) high -= 4;
  report(LOW_BIN, low);
  report(HIGH_BIN, <f64>(high < bins ? high : bins) - 1);
  let beyond: u32 = 0;
  for (let bin = bins; bin < SIGN; bin++) beyond += countOf(bin) + countOf(SIGN + bin);
  report(BEYOND, beyond);
}

/** @param bin the first of four, whose counts of either sign lie side by side */
function anyOfFour(bin: u32): bool {
  return v128.any_true(v128.or(v128.load(bin << 2, TABLE), v128.load((SIGN + bin) << 2, TABLE)));
}

function countOf(index: u32): u32 {
  return load<u32>(index << 2, TABLE);
}
