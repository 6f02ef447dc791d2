/**
 * Where things lie in the module's memory, which never grows. All are multiples of 16; the first kilobyte stays unused.
 *
 *       1,024  results of the last call: 16 doubles (results.ts), then 16 bytes of scratch
 *       2,048  the table: 65,536 u32 counts by the top 16 bits of a value (sign and magnitude bin)
 *     264,192  the block: up to 64 KiB of elements, and 64 bytes to pad them to a whole stride
 *     329,792  matches that a refining call found in the block, or the scores of its elements: up to 64 KiB, and 64 bytes
 *     395,392  the states of the elements: a byte each (masks.ts), and 64 bytes
 *     428,224  which elements go: a byte each, and 64 bytes
 *     461,056  8,192 doubles: norms of runs, or keys of a row (select.ts)
 *     526,592  32,768 doubles: norms of groups
 */
/** Loops take at most so many bytes at once. */
export const STRIDE: usize = 64;

export const RESULTS: usize = 1024;
export const SCRATCH: usize = RESULTS + 16 * 8;
export const TABLE: usize = 2048;
export const BLOCK: usize = TABLE + 65536 * 4;
export const BLOCK_BYTES: usize = 65536;
export const MATCHES: usize = BLOCK + BLOCK_BYTES + STRIDE;
export const SCORES: usize = MATCHES;
/** As many as the smallest elements that fill the block. */
export const ELEMENTS: usize = BLOCK_BYTES >> 1;
export const STATES: usize = SCORES + BLOCK_BYTES + STRIDE;
export const GONE: usize = STATES + ELEMENTS + STRIDE;
export const SUMS: usize = GONE + ELEMENTS + STRIDE;
export const SUM_COUNT: usize = 8192;
export const NORMS: usize = SUMS + SUM_COUNT * 8;
export const NORM_COUNT: usize = 32768;

/** Fills the block up to the next whole stride with ones: NaN in every dtype, so it is never chosen, matched or zero. */
export function padBlock(bytes: usize): void {
  memory.fill(BLOCK + bytes, 0xff, STRIDE);
}
