/**
 * Erdős–Rényi-kernel densities (Evci et al. 2020, "Rigging the Lottery", section 3): the density of each tensor is
 * proportional to the sum of its shape over its product. Those that would exceed 1 stay dense and the others are scaled
 * again, until the densities together leave what was asked for.
 */
import { at } from '../lib/known';
import { countForFraction } from './round';

export interface ErkTensor {
  readonly shape: readonly number[];
  /** What it has left to prune: weights, or groups of them. */
  readonly count: number;
}

/**
 * How many go of each tensor: `round((1 - density) * count)`, halves to even.
 * @param sparsity of all together, 0 to 1
 * @param keep least density of each: what it withholds the others give
 */
export function erkCounts(tensors: readonly ErkTensor[], sparsity: number, keep: number): number[] {
  const raw = tensors.map(({ shape }) => {
    const product = shape.reduce((all, size) => all * size, 1);
    return product === 0 ? 0 : shape.reduce((all, size) => all + size, 0) / product;
  });
  const counts = tensors.map(({ count }) => count);
  const kept = (1 - sparsity) * counts.reduce((sum, count) => sum + count, 0);
  const densities = densitiesFor(raw, counts, kept, keep);
  return densities.map((density, i) => countForFraction(1 - density, at(counts, i)));
}

/**
 * Densities `epsilon * raw`, held between `keep` and 1, that leave `kept` in all. Each round fixes those out of bounds
 * on the side that weighs more (what is over 1 sets others free to have more, so none of these comes back).
 */
function densitiesFor(raw: readonly number[], counts: readonly number[], kept: number, keep: number): number[] {
  const densities = raw.map(() => 0);
  const free = new Set(raw.keys());
  for (;;) {
    let [divisor, rest] = [0, kept];
    for (const [i, each] of raw.entries()) {
      if (free.has(i)) divisor += each * at(counts, i);
      else rest -= at(densities, i) * at(counts, i);
    }
    const epsilon = divisor === 0 ? 0 : Math.max(0, rest) / divisor;
    let [over, under] = [0, 0];
    for (const i of free) {
      over += Math.max(0, epsilon * at(raw, i) - 1) * at(counts, i);
      under += Math.max(0, keep - epsilon * at(raw, i)) * at(counts, i);
    }
    const isOver = over > 0 && over >= under;
    const isUnder = under > 0 && !isOver;
    for (const i of free) {
      const density = epsilon * at(raw, i);
      if ((isOver && density <= 1) || (isUnder && density >= keep)) continue;
      densities[i] = Math.min(1, Math.max(keep, density));
      free.delete(i);
    }
    if (free.size === 0) return densities;
  }
}
