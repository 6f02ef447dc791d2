/** Choosing exactly the k lowest scores of one tensor, or of several ranked together, by radix selection. */
import type { PrunableDtype } from '../tensors/dtype';
import type { Criterion } from './recipe';
import { type BinRequest, type Candidate, type Placement, type Refinements, refinementKey } from './resolution';
import { fineBinOf, gridOf, roundDown, scoreBinsOf, scoreHigh, scoreLow } from './scoreBins';
import { countUpToBin } from './scoreCounts';
import { type RefinedBinOf, type ScoreValues, valuesIn } from './scoreValues';

/** A tensor, and how many of its lowest scores have gone already. */
export interface Ranked {
  readonly candidate: Candidate;
  readonly removed: number;
}

/** What of one tensor goes. */
export interface Share {
  /** Elements beyond those removed already. All shares together: k, also while they are estimates. */
  readonly taken: number;
  /** Absent: nothing of the tensor is low enough. */
  readonly placement: Placement | undefined;
  /** The bin to look into before the shares are final. */
  readonly pending: BinRequest | undefined;
}

export function refinedBinsOf(candidate: Candidate, refinements: Refinements): RefinedBinOf {
  return (bin) => refinements.get(refinementKey({ tensor: candidate.id, bin }));
}

/**
 * @param k from 1 to the finite elements that are not removed yet
 * @returns one share per tensor, in order; ties at the last score go in that order
 */
export function selectLowest(
  ranked: readonly Ranked[],
  k: number,
  criterion: Criterion,
  refinements: Refinements,
): Share[] {
  const grid = gridOf(ranked.map(({ candidate }) => candidate));
  const bin = binOfRank(ranked, k, criterion, grid);
  const cells = ranked.map((each) => cellOf(each, criterion, grid, bin, refinements));
  const needed = cells.reduce((rest, cell) => rest - cell.before, k);
  const inBin = cells.reduce((sum, cell) => sum + cell.available, 0);
  if (cells.every((cell) => cell.available === 0 || cell.values)) {
    return sharesAt(cells, needed, scoreOfRank(cells, needed, grid, bin), criterion);
  }
  if (needed === inBin) return wholeBin(cells, scoreHigh(grid, bin), criterion);
  return estimates(cells, needed, inBin, grid, bin, criterion);
}

/** A tensor's part of the bin in which the k-th score lies. */
interface Cell extends Ranked {
  /** Elements not removed yet, in the bins before and in this one. */
  readonly before: number;
  readonly available: number;
  /** All elements in the bins before, those removed too. */
  readonly below: number;
  /** Elements of this bin that are removed already. */
  readonly skipped: number;
  readonly values: ScoreValues | undefined;
  readonly bin: number;
}

function cellOf(
  { candidate, removed }: Ranked,
  criterion: Criterion,
  grid: PrunableDtype,
  bin: number,
  refinements: Refinements,
): Cell {
  const below = countUpToBin(candidate, criterion, grid, bin - 1);
  const upTo = countUpToBin(candidate, criterion, grid, bin);
  const before = Math.max(0, below - removed);
  return {
    candidate,
    removed,
    before,
    available: Math.max(0, upTo - removed) - before,
    below,
    skipped: Math.max(0, removed - below),
    values: valuesIn(candidate, criterion, grid, bin, refinedBinsOf(candidate, refinements)),
    bin: fineBinOf(bin),
  };
}

/** The first bin of the grid up to which at least k elements are left to take. */
function binOfRank(ranked: readonly Ranked[], k: number, criterion: Criterion, grid: PrunableDtype): number {
  let { first, last } = scoreBinsOf(grid, criterion);
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    let count = 0;
    for (const { candidate, removed } of ranked) {
      count += Math.max(0, countUpToBin(candidate, criterion, grid, middle) - removed);
    }
    if (count >= k) last = middle;
    else first = middle + 1;
  }
  return first;
}

/** The lowest score at or below which `needed` elements of the bin are: halving the interval ends at a neighbour. */
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

/** Elements of the cell that are not removed yet, of those that `count` counts. */
function takenUpTo({ values, skipped, available }: Cell, count: (values: ScoreValues) => number): number {
  return available === 0 || !values ? 0 : Math.max(0, count(values) - skipped);
}

/** Everything below `score`, and the first of those at it until `needed` is met. */
function sharesAt(cells: readonly Cell[], needed: number, score: number, criterion: Criterion): Share[] {
  const lower = cells.map((cell) => takenUpTo(cell, (values) => values.countBelow(score)));
  let tiesLeft = lower.reduce((rest, count) => rest - count, needed);
  return cells.map((cell, i) => {
    const { candidate, values, removed, before, below } = cell;
    const tied = takenUpTo(cell, (known) => known.countAtOrBelow(score)) - lower[i]!;
    const tiesTaken = Math.min(tied, tiesLeft);
    tiesLeft -= tiesTaken;
    const taken = before + lower[i]! + tiesTaken;
    const belowScore = below + (values?.countBelow(score) ?? 0);
    const atScore = below + (values?.countAtOrBelow(score) ?? 0) - belowScore;
    const ties = removed + taken - belowScore;
    const placement =
      atScore > 0 && ties < atScore
        ? { criterion, threshold: score, ties: Math.max(0, ties) }
        : placementUpTo(candidate, score, criterion);
    return { taken, placement, pending: undefined };
  });
}

function wholeBin(cells: readonly Cell[], threshold: number, criterion: Criterion): Share[] {
  return cells.map(({ candidate, before, available }) => ({
    taken: before + available,
    placement: placementUpTo(candidate, threshold, criterion),
    pending: undefined,
  }));
}

/** As if the scores were spread evenly over the bin, and over the tensors in it. */
function estimates(
  cells: readonly Cell[],
  needed: number,
  inBin: number,
  grid: PrunableDtype,
  bin: number,
  criterion: Criterion,
): Share[] {
  const low = scoreLow(grid, bin);
  const threshold = low + (scoreHigh(grid, bin) - low) * (needed / inBin);
  let running = 0;
  return cells.map(({ candidate, before, available, values, bin: fineBin }) => {
    const share = (upTo: number) => Math.round(needed * (upTo / inBin));
    const taken = before + share(running + available) - share(running);
    running += available;
    return {
      taken,
      placement: placementUpTo(candidate, threshold, criterion),
      pending: available > 0 && !values ? { tensor: candidate.id, bin: fineBin } : undefined,
    };
  });
}

/** Everything at or below `score`, in the tensor's dtype. */
function placementUpTo({ dtype }: Candidate, score: number, criterion: Criterion): Placement | undefined {
  const threshold = roundDown(score, dtype);
  return threshold === undefined ? undefined : { criterion, threshold, ties: Number.POSITIVE_INFINITY };
}
