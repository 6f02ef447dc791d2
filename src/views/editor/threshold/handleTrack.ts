/** What the handle runs on: the axis, the tensors in scope, and where it may stop. */
import type { Ranking } from '../../../pruning/ranking';
import type { StudioState } from '../../../state/studio';
import type { Distribution } from '../../charts/histogram/distribution';
import { type Axis, pixelOf, weightAt } from '../../charts/histogram/domain';
import { type ScopeFigures, scopeFigures, shareOf } from '../../parts/scores/scopeFigures';
import type { ScoreWords } from '../../parts/scores/scoreWords';
import type { Placeable } from '../../parts/scores/shownScores';
import type { Place } from './keys';
import { drawnTo, roundSparsities, type SnapPoint } from './snapping';

export interface HandleTrack {
  readonly axis: Axis;
  readonly ranking: Ranking;
  readonly distribution: Distribution;
  readonly words: ScoreWords;
  readonly snapPoints: readonly SnapPoint[];
  /** The threshold that prunes nothing. */
  readonly floor: number;
  /** The least that prunes everything. */
  readonly ceiling: number;
  /** To the last value of a bin, where figures are exact. */
  snap(threshold: number): number;
  /** As `snap`, but drawn to a round sparsity where one is near. */
  snapToRound(threshold: number): number;
  figures(state: StudioState): ScopeFigures;
  /** What goes, counted in what is ranked. */
  place(figures: ScopeFigures): Place;
  /** Where the handle is; among several thresholds, the one that alone would prune as much. */
  threshold(state: StudioState): number;
}

export function handleTrack(
  axis: Axis,
  { ranking, words, groups }: Placeable,
  distribution: Distribution,
): HandleTrack {
  const floor = distribution.floor(ranking);
  const figures = ({ resolution }: StudioState) =>
    scopeFigures(distribution.layers, resolution.outcomes, floor, groups);
  const origin = Math.max(0, pixelOf(axis, floor));
  const snap = (threshold: number) => distribution.snap(ranking, threshold);
  const snapPoints = roundSparsities
    .map((sparsity) => {
      const threshold = distribution.thresholdFor(ranking, sparsity);
      return { sparsity, threshold, x: pixelOf(axis, threshold) };
    })
    // Among many zeros, low sparsities are where the handle begins.
    .filter(({ threshold, x }) => threshold > floor && x >= 0 && x <= axis.width)
    .sort((a, b) => a.x - b.x);
  return {
    axis,
    ranking,
    distribution,
    words,
    floor,
    ceiling: distribution.ceiling(ranking),
    snapPoints,
    snap,
    snapToRound: (threshold) => {
      const { point, x } = drawnTo(pixelOf(axis, threshold), snapPoints, origin);
      return point ? point.threshold : snap(weightAt(axis, x));
    },
    figures,
    place: ({ groups, zeros, pruned }) => ({
      gone: groups?.gone ?? (ranking === 'magnitude' ? zeros : pruned),
      least: ranking === 'magnitude' && !groups ? distribution.zeros : 0,
      most: distribution.count - distribution.nan - distribution.inf,
      all: distribution.count,
    }),
    threshold: (state) => thresholdOf(figures(state), ranking, distribution, floor),
  };
}

function thresholdOf(figures: ScopeFigures, ranking: Ranking, distribution: Distribution, floor: number): number {
  switch (figures.threshold.kind) {
    case 'none':
      return floor;
    case 'one':
      return figures.threshold.value;
    case 'mixed':
      return distribution.thresholdFor(ranking, shareOf(figures));
  }
}
