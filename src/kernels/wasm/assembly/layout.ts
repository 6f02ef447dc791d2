/**
 * Where things lie in the module's memory, which never grows. All are multiples of 16; the first kilobyte stays unused.
 *
 *       1,024  results of the last call: 16 doubles (results.ts), then 16 bytes of scratch
 *       2,048  the table: 65,536 u32 counts by the top 16 bits of a value (sign and magnitude bin)
 *     264,192  the block: up to 64 KiB of elements, and 64 bytes to pad them to a whole stride
 *     329,792  matches that a refining call found in the block
 */
/** Loops take at most so many bytes at once. */
export const STRIDE: usize = 64;

export const RESULTS: usize = 1024;
export const SCRATCH: usize = RESULTS + 16 * 8;
export const TABLE: usize = 2048;
export const BLOCK: usize = TABLE + 65536 * 4;
export const BLOCK_BYTES: usize = 65536;
export const MATCHES: usize = BLOCK + BLOCK_BYTES + STRIDE;

/** Fills the block up to the next whole stride with ones: NaN in every dtype, so it is never chosen, matched or zero. */
export function padBlock(bytes: usize): void {
  memory.fill(BLOCK + bytes, 0xff, STRIDE);
}
