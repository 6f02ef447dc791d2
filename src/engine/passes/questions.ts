/** What can be asked of the weights that a program leaves; each is answered in one pass over a unit. */

import type { Accumulator, ApplyCounts, GroupAccumulator } from '../../kernels/kernels';
import { found } from '../../lib/known';
import { factsOf } from '../../pruning/criteria/criteria';
import type { Answer } from '../../pruning/resolution';
import { isOfWeights, type Score, scoreDtypeOf } from '../../pruning/score';
import type { PrunableDtype } from '../../tensors/dtype';
import type { BinEnergies, RefinedBin, TensorStatistics } from '../../tensors/statistics';
import type { Unit } from '../reading/units';
import { type GroupScores, groupingOf, groupScoresOf, normOrderOf } from './groupScores';
import type { Measurable } from './measurable';

/** The next elements of a unit, those that went already among them as zeros. */
export interface LeftElements {
  readonly elements: Uint8Array;
  /** One byte an element, 0 for those that went; absent when none has. */
  readonly kept: Uint8Array | undefined;
  /** Scores of these elements in the score's dtype, NaN for those that went; valid until the next come. */
  scoresOf(score: Score): Promise<Uint8Array>;
}

/** How a pass ended. */
export interface PassCounts extends ApplyCounts {
  /** Elements that went, of all. */
  readonly pruned: number;
}

export interface Question {
  /** Undefined until the pass is over. */
  readonly answer: Answer | GroupScores | undefined;
  add(left: LeftElements): Promise<void>;
  finish(counts: PassCounts): Promise<void>;
}

/** The statistics of scores of single weights. */
export class StatisticsQuestion implements Question {
  answer: TensorStatistics | undefined;
  private readonly score: Score;
  private readonly accumulator: Accumulator<TensorStatistics>;

  constructor({ kernels }: Measurable, unit: Unit, score: Score) {
    this.score = score;
    this.accumulator = kernels.measure(scoreDtypeOf(score, unit.dtype));
  }

  async add(left: LeftElements): Promise<void> {
    await this.accumulator.add(await left.scoresOf(this.score));
  }

  async finish({ pruned }: PassCounts): Promise<void> {
    const { count, nan, ...rest } = await this.accumulator.finish();
    // What went was measured as NaN.
    this.answer = { ...rest, count: count - pruned, nan: nan - pruned };
  }
}

/** The scores of single weights that lie in a fine bin. */
export class BinQuestion implements Question {
  answer: RefinedBin | undefined;
  private readonly score: Score;
  private readonly accumulator: Accumulator<RefinedBin>;

  constructor({ kernels }: Measurable, unit: Unit, score: Score, bin: number) {
    this.score = score;
    this.accumulator = kernels.refineBin(scoreDtypeOf(score, unit.dtype), bin);
  }

  async add(left: LeftElements): Promise<void> {
    await this.accumulator.add(await left.scoresOf(this.score));
  }

  async finish(): Promise<void> {
    this.answer = await this.accumulator.finish();
  }
}

const weights: Score = { criterion: 'magnitude' };

function ofEachWeight({ groups: _, ...score }: Score): Score {
  return score;
}

/** Sums of squares of the weights by fine bin. */
export class EnergiesQuestion implements Question {
  answer: BinEnergies | undefined;
  private readonly accumulator: Accumulator<BinEnergies>;

  constructor({ kernels }: Measurable, { dtype }: { dtype: PrunableDtype }) {
    this.accumulator = kernels.binEnergies(dtype);
  }

  async add(left: LeftElements): Promise<void> {
    await this.accumulator.add(await left.scoresOf(weights));
  }

  async finish(): Promise<void> {
    this.answer = await this.accumulator.finish();
  }
}

/** The scores of groups of weights: norms of the scores of their weights. */
export class GroupsQuestion implements Question {
  answer: GroupScores | undefined;
  private readonly unit: Unit;
  private readonly score: Score;
  private readonly ofWeights: Score;
  private readonly accumulator: GroupAccumulator;

  constructor({ kernels }: Measurable, unit: Unit, score: Score) {
    this.unit = unit;
    this.score = score;
    // Of draws the weights only have to be finite.
    this.ofWeights = factsOf(score.criterion).ofGroups === 'scores' ? ofEachWeight(score) : weights;
    const dtype = scoreDtypeOf(this.ofWeights, unit.dtype);
    this.accumulator = kernels.groupNorms(
      dtype,
      groupingOf(unit, found(score.groups, 'groups to score')),
      normOrderOf(score),
    );
  }

  async add(left: LeftElements): Promise<void> {
    const scores = isOfWeights(this.ofWeights) ? left.elements : await left.scoresOf(this.ofWeights);
    await this.accumulator.add(scores, left.kept);
  }

  async finish(): Promise<void> {
    this.answer = groupScoresOf(this.unit, this.score, await this.accumulator.finish());
  }
}

/** What the program itself chose, and what is zero after it. */
export class CountsQuestion implements Question {
  answer: ApplyCounts | undefined;

  async add(): Promise<void> {}

  async finish({ pruned, zeros }: PassCounts): Promise<void> {
    this.answer = { pruned, zeros };
  }
}
