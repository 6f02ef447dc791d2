/** What tells checkpoints apart whose names, shapes and sizes are the same: two epochs of one training. */
import type { OpenedCheckpoint } from '../../engine/opened';
import { Sha256 } from '../../lib/sha256';
import { Turns } from '../../lib/turns';
import type { FineHistogram, TensorStatistics } from '../../tensors/statistics';

/**
 * SHA-256 of all tensors with what measuring counted: extremes, and every bin of their histograms. Means and deviations are
 * left out: they differ by rounding with the number of cores that measured. A file that was renamed has the same, and so has
 * one of another format that holds the same tensors in the same order.
 * @returns 64 hexadecimal digits
 */
export async function fingerprintOf({ layers }: Pick<OpenedCheckpoint, 'layers'>): Promise<string> {
  const hash = new Sha256();
  const turns = new Turns();
  const text = new TextEncoder();
  for (const { name, container, dtype, shape, statistics } of layers) {
    hash.add(text.encode(JSON.stringify([container, name, dtype, shape, statistics && countsOf(statistics)])));
    if (statistics) addHistogram(hash, statistics.histogram);
    await turns.next();
  }
  return hash.finish();
}

function countsOf({ count, zeros, nan, inf, min, max }: TensorStatistics): readonly number[] {
  return [count, zeros, nan, inf, min, max];
}

/** Counts between the outermost bins that have any: how far the lists reach beyond them is the kernel's affair. */
function addHistogram(hash: Sha256, { firstBin, positive, negative }: FineHistogram): void {
  const isEmpty = (bin: number) => !positive[bin] && !negative[bin];
  let from = 0;
  let to = positive.length;
  while (from < to && isEmpty(from)) from++;
  while (from < to && isEmpty(to - 1)) to--;
  const bytes = (counts: Float64Array) => new Uint8Array(counts.buffer);
  hash.add(bytes(Float64Array.of(firstBin + from, to - from)));
  for (const counts of [positive, negative]) hash.add(bytes(Float64Array.from(counts.subarray(from, to))));
}
