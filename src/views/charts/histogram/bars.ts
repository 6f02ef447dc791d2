/** Bars of a histogram as one path, and the height of a count on a linear or a logarithmic axis. */
import { at } from '../../../lib/known';

/** Consecutive bins: `counts[i]` weights between `edges[i]` and `edges[i + 1]`. */
export interface Bins {
  readonly edges: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

export interface CountScale {
  readonly log: boolean;
  /** The count at the top. */
  readonly highest: number;
}

/** A count of one still shows on a logarithmic axis. */
const logFloor = 0.6;

/** Share of the plot's height, 0 to 1. */
export function heightOf(count: number, { log, highest }: CountScale): number {
  if (count <= 0 || highest <= 0) return 0;
  const share = log ? Math.log(count / logFloor) / Math.log(highest / logFloor) : count / highest;
  return Math.min(1, Math.max(0, share));
}

/** With fewer weights, chance makes more of a difference than the widths of bins. */
const fewWeights = 5000;

/**
 * Counts as if every bin were as wide as an ordinary one (edges snap to fine bins, so that some are wider): what is
 * drawn, so that areas can be compared. Of few weights they are the counts themselves.
 *
 * @param xOf where an edge is drawn
 */
export function levelledCounts(bins: Bins, xOf: (weight: number) => number): Float64Array {
  const counts = Float64Array.from(bins.counts);
  if (counts.length === 0 || counts.reduce((sum, count) => sum + count, 0) < fewWeights) return counts;
  const edges = Float64Array.from(bins.edges, xOf);
  const ordinary = (at(edges, counts.length) - at(edges, 0)) / counts.length;
  return counts.map((count, i) => {
    const width = at(edges, i + 1) - at(edges, i);
    return width > 0 ? (count * ordinary) / width : count;
  });
}

/** A bin this many times as high as all others would flatten them. */
const dominance = 1.6;

/**
 * The axis leaves out the bin of the zeros where it dominates: pruned models have a spike there.
 *
 * @param zeroBin index of the bin that holds the exact zeros
 * @returns the count at the top, and whether the zero bin is cut there
 */
export function highestCount(levelled: ArrayLike<number>, zeroBin: number): { highest: number; cut: boolean } {
  let others = 0;
  for (let i = 0; i < levelled.length; i++) if (i !== zeroBin) others = Math.max(others, at(levelled, i));
  const atZero = levelled[zeroBin] ?? 0;
  const cut = others > 0 && atZero > others * dominance;
  return { highest: cut ? others : Math.max(others, atZero), cut };
}

/** Of each bin that part of its drawn height that goes. @param left counts of what stays */
export function goneCounts({ counts }: Bins, left: ArrayLike<number>, levelled: ArrayLike<number>): Float64Array {
  return Float64Array.from(levelled, (height, i) => {
    const all = at(counts, i);
    return all === 0 ? 0 : (height * Math.max(0, all - at(left, i))) / all;
  });
}

/** @param xOf pixels from the left, also beyond the edges @param height pixels of the plot */
export function barsPath(
  bins: Bins,
  levelled: ArrayLike<number>,
  scale: CountScale,
  xOf: (weight: number) => number,
  height: number,
): string {
  let path = '';
  for (let i = 0; i < levelled.length; i++) {
    const share = heightOf(at(levelled, i), scale);
    if (share === 0) continue;
    // Of a bin that begins far beyond the edge, what is in sight.
    const left = Math.max(-1, Math.round(xOf(at(bins.edges, i))));
    const right = Math.round(xOf(at(bins.edges, i + 1)));
    // A gap between bars that are wide enough for one.
    const width = Math.max(1, right - left - (right - left >= 4 ? 1 : 0));
    const top = Math.min(height - 1, Math.round(height * (1 - share)));
    path += `M${left} ${height}V${top}h${width}V${height}Z`;
  }
  return path;
}

/** The last one that starts at or below zero: an edge at zero puts zeros to its right. */
export function zeroBinOf({ edges, counts }: Bins): number {
  for (let i = counts.length - 1; i >= 0; i--) if (at(edges, i) <= 0 && at(edges, i + 1) >= 0) return i;
  return -1;
}
