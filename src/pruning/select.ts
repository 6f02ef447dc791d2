/** Choosing exactly the k lowest scores of one tensor, or of several ranked together, by radix selection. */
import { at } from '../lib/known';
import type { PrunableDtype } from '../tensors/dtype';
import type { Ranking } from './ranking';
import { fineBinOf, gridOf, type MeasuredTensor, roundDown, scoreBinsOf, scoreHigh, scoreLow } from './scoreBins';
import { countUpToBin } from './scoreCounts';
import { type RefinedBinOf, type ScoreValues, valuesIn } from './scoreValues';

/** The scores of a tensor (of its weights, or of groups of them), in the dtype they are compared in. */
export interface Ranked extends MeasuredTensor {
  readonly refinedBinOf: RefinedBinOf;
  /** How many of the lowest have gone already. */
  readonly removed: number;
  /** How many more may go: not above the finite scores that are left. */
  readonly room: number;
}

/** Where a tensor is cut: what scores below the threshold goes, and the first `ties` at it. */
export interface Cutoff {
  readonly threshold: number;
  readonly ties: number;
}

/** What of one tensor goes. */
export interface Share {
  /** Scores beyond those removed already. All shares together: k, also while they are estimates. */
  readonly taken: number;
  /** Absent: nothing of the tensor is low enough. */
  readonly cutoff: Cutoff | undefined;
  /** The fine bin to look into before the shares are final. */
  readonly pending: number | undefined;
}

/**
 * The k lowest of all, except that no tensor gives more than it has room for: the others give in its stead, in order.
 * @param k from 1 to the room there is in all tensors together
 * @returns one share per tensor, in order; ties at the last score go in that order
 */
export function selectLowest(ranked: readonly Ranked[], k: number, ranking: Ranking): Share[] {
  const grid = gridOf(ranked);
  const bin = binOfRank(ranked, k, ranking, grid);
  const cells = ranked.map((each) => cellOf(each, ranking, grid, bin));
  const needed = cells.reduce((rest, cell) => rest - cell.before, k);
  const inBin = cells.reduce((sum, cell) => sum + cell.available, 0);
  if (cells.every((cell) => cell.available === 0 || cell.values)) {
    return sharesAt(cells, needed, scoreOfRank(cells, needed, grid, bin), ranking);
  }
  if (needed === inBin) return wholeBin(cells, scoreHigh(grid, bin), ranking);
  return estimates(cells, needed, inBin, grid, bin, ranking);
}

/** A tensor's part of the bin in which the k-th score lies. */
interface Cell {
  readonly ranked: Ranked;
  /** Scores not removed yet that there is room for, in the bins before and in this one. */
  readonly before: number;
  readonly available: number;
  /** Whether there are more up to the end of the bin than room for them. */
  readonly isCapped: boolean;
  /** All scores in the bins before, those removed too. */
  readonly below: number;
  /** Scores of this bin that are removed already. */
  readonly skipped: number;
  readonly values: ScoreValues | undefined;
  readonly bin: number;
}

function cellOf(ranked: Ranked, ranking: Ranking, grid: PrunableDtype, bin: number): Cell {
  const { removed, room, refinedBinOf } = ranked;
  const below = countUpToBin(ranked, ranking, grid, bin - 1);
  const left = Math.max(0, countUpToBin(ranked, ranking, grid, bin) - removed);
  const before = Math.min(room, Math.max(0, below - removed));
  return {
    ranked,
    before,
    available: Math.min(room, left) - before,
    isCapped: left > room,
    below,
    skipped: Math.max(0, removed - below),
    values: valuesIn(ranked, ranking, grid, bin, refinedBinOf),
    bin: fineBinOf(bin),
  };
}

/** The first bin of the grid up to which at least k scores are left to take. */
function binOfRank(ranked: readonly Ranked[], k: number, ranking: Ranking, grid: PrunableDtype): number {
  let { first, last } = scoreBinsOf(grid, ranking);
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    let count = 0;
    for (const each of ranked) {
      count += Math.min(each.room, Math.max(0, countUpToBin(each, ranking, grid, middle) - each.removed));
    }
    if (count >= k) last = middle;
    else first = middle + 1;
  }
  return first;
}

/** The lowest score at or below which `needed` scores of the bin are: halving the interval ends at a neighbour. */
function scoreOfRank(cells: readonly Cell[], needed: number, grid: PrunableDtype, bin: number): number {
  const isEnough = (score: number) => {
    let count = 0;
    for (const cell of cells) count += takenUpTo(cell, (values) => values.countAtOrBelow(score));
    return count >= needed;
  };
  let low = scoreLow(grid, bin);
  let high = scoreHigh(grid, bin);
  if (isEnough(low)) return low;
  for (;;) {
    const middle = low / 2 + high / 2;
    if (middle <= low || middle >= high) return high;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
}

/** Scores of the cell that can be taken, of those that `count` counts. */
function takenUpTo({ values, skipped, available }: Cell, count: (values: ScoreValues) => number): number {
  return available === 0 || !values ? 0 : Math.min(available, Math.max(0, count(values) - skipped));
}

/** Everything below `score`, and the first of those at it until `needed` is met. */
function sharesAt(cells: readonly Cell[], needed: number, score: number, ranking: Ranking): Share[] {
  const lower = cells.map((cell) => takenUpTo(cell, (values) => values.countBelow(score)));
  let tiesLeft = lower.reduce((rest, count) => rest - count, needed);
  return cells.map((cell, i) => {
    const { values, before, below } = cell;
    const { dtype, removed } = cell.ranked;
    const tied = takenUpTo(cell, (known) => known.countAtOrBelow(score)) - at(lower, i);
    const tiesTaken = Math.min(tied, tiesLeft);
    tiesLeft -= tiesTaken;
    const taken = before + at(lower, i) + tiesTaken;
    if (isFull(cell, taken)) return fullShare(cell, ranking);
    const belowScore = below + (values?.countBelow(score) ?? 0);
    const atScore = below + (values?.countAtOrBelow(score) ?? 0) - belowScore;
    const ties = removed + taken - belowScore;
    const cutoff =
      atScore > 0 && ties < atScore ? { threshold: score, ties: Math.max(0, ties) } : cutoffUpTo(dtype, score);
    return { taken, cutoff, pending: undefined };
  });
}

/** Whether the tensor stops before the others because there is no room, wherever they stop. */
function isFull({ isCapped, ranked }: Cell, taken: number): boolean {
  return isCapped && taken === ranked.room;
}

/** All there is room for, cut where the tensor's own scores say. */
function fullShare({ ranked }: Cell, ranking: Ranking): Share {
  if (ranked.room === 0) return { taken: 0, cutoff: undefined, pending: undefined };
  const alone: Ranked = { ...ranked, room: Number.POSITIVE_INFINITY };
  return at(selectLowest([alone], ranked.room, ranking), 0);
}

function wholeBin(cells: readonly Cell[], threshold: number, ranking: Ranking): Share[] {
  return cells.map((cell) => {
    const taken = cell.before + cell.available;
    if (isFull(cell, taken)) return fullShare(cell, ranking);
    return { taken, cutoff: cutoffUpTo(cell.ranked.dtype, threshold), pending: undefined };
  });
}

/** As if the scores were spread evenly over the bin, and over the tensors in it. */
function estimates(
  cells: readonly Cell[],
  needed: number,
  inBin: number,
  grid: PrunableDtype,
  bin: number,
  ranking: Ranking,
): Share[] {
  const low = scoreLow(grid, bin);
  const threshold = low + (scoreHigh(grid, bin) - low) * (needed / inBin);
  let running = 0;
  return cells.map((cell) => {
    const { ranked, before, available, values, bin: fineBin } = cell;
    if (available === 0 && isFull(cell, before)) return fullShare(cell, ranking);
    const share = (upTo: number) => Math.round(needed * (upTo / inBin));
    const taken = before + share(running + available) - share(running);
    running += available;
    return {
      taken,
      cutoff: cutoffUpTo(ranked.dtype, threshold),
      pending: available > 0 && !values ? fineBin : undefined,
    };
  });
}

/** Everything at or below `score`, in the tensor's dtype. */
function cutoffUpTo(dtype: PrunableDtype, score: number): Cutoff | undefined {
  const threshold = roundDown(score, dtype);
  return threshold === undefined ? undefined : { threshold, ties: Number.POSITIVE_INFINITY };
}
