/** What the handle runs on: the axis, the tensors in scope, and where it may stop. */
import type { Ranking } from '../../../pruning/ranking';
import type { StudioState } from '../../../state/studio';
import { type ScopeFigures, scopeFigures, shareOf } from '../../parts/scores/scopeFigures';
import type { ScoreWords } from '../../parts/scores/scoreWords';
import type { Placeable } from '../../parts/scores/shownScores';
import type { Distribution } from '../histogram/distribution';
import { type Axis, pixelOf } from '../histogram/domain';
import { roundSparsities, type SnapPoint, snapPointAt } from './snapping';

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
  /** As `snap`, but to a round sparsity where one is near. */
  snapToRound(threshold: number): number;
  figures(state: StudioState): ScopeFigures;
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
    .filter(({ threshold, x }) => threshold > floor && x <= axis.width)
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
    snapToRound: (threshold) => snapPointAt(pixelOf(axis, threshold), snapPoints, origin)?.threshold ?? snap(threshold),
    figures,
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
