/** Applying a program to the weights of a unit: the one place where masks become zeros. */
import { type ApplyCounts, type Awaitable, type Kernels, type PatternMask, stripOf } from '../kernels/kernels';
import { CheckpointError } from '../lib/errors';
import type { Mask, Placement, Program } from '../pruning/resolution';
import { isOfWeights, rankingOf, type Score, scoreDtypeOf } from '../pruning/score';
import { byteWidthOf } from '../tensors/dtype';
import { numelOf } from '../tensors/tensor';
import { type ElementScores, elementScores } from './elementScores';
import { type GroupScores, goneGroups, groupingOf, groupScoresKey } from './groupScores';
import type { Measurable } from './measure';
import type { Unit } from './units';

/** Strips are held in memory whole. */
const maxStripBytes = 256 * 2 ** 20;

/**
 * How many elements have to come together for a program: chunks hold whole multiples.
 * @throws CheckpointError `out-of-memory`
 */
export function alignmentOf(unit: Unit, program: Program): number {
  const numel = numelOf(unit.shape);
  let alignment = 1;
  for (const mask of program) {
    if (mask.kind === 'threshold') continue;
    alignment = Math.min(numel, leastCommonMultiple(alignment, stripOf(patternOf(unit, mask))));
  }
  const bytes = alignment * byteWidthOf(unit.dtype);
  if (bytes > maxStripBytes) {
    throw new CheckpointError(
      'out-of-memory',
      `The weights of ${unit.name} are stored so that ${Math.ceil(bytes / 2 ** 20)} MiB of them would be needed at once, and ${maxStripBytes / 2 ** 20} MiB are the limit: those that compete with each other lie far apart.`,
      { tensor: unit.name, advice: 'Prune this tensor by a threshold instead of a pattern or rows.' },
    );
  }
  return alignment;
}

/** Where in storage the elements lie that compete with each other. */
function patternOf({ shape, strides }: Unit, mask: Exclude<Mask, { kind: 'threshold' }>): PatternMask {
  const { axis } = mask;
  const size = shape[axis]!;
  const stride = strides[axis]!;
  if (mask.kind === 'pattern') return { amount: { keep: mask.n }, m: mask.m, size, stride, run: 1 };
  // A row is all that shares an index of the axis: runs of `stride` elements, a whole turn of the axis apart.
  const amount = { drop: mask.count };
  const turns = numelOf(shape) / (size * stride);
  if (turns === 1) return { amount, m: stride, size: stride, stride: 1, run: 1 };
  return { amount, m: turns * stride, size: turns * stride, stride: size * stride, run: stride };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** Scores of groups that were made out beforehand, by groupScoresKey. */
export type KnownGroupScores = ReadonlyMap<string, GroupScores>;

/** One mask at work. */
interface Step {
  apply(elements: Uint8Array, index: number, kept: Uint8Array | undefined): Awaitable<boolean>;
  finish(): Awaitable<ApplyCounts>;
}

/** A program at work on the elements of one unit, which come in order, in multiples of its alignment. */
export class ProgramRun {
  /** Whether `apply` has to be told what is left, because a later mask asks for it. */
  readonly needsKept: boolean;
  private readonly steps: readonly Step[];
  private readonly width: number;
  private index = 0;

  /** @param groups holds the scores of every mask of groups */
  constructor(measurable: Measurable, unit: Unit, program: Program, groups: KnownGroupScores, signal: AbortSignal) {
    this.needsKept = program.length > 1;
    this.width = byteWidthOf(unit.dtype);
    const maker = { measurable, unit, groups, signal };
    this.steps =
      program.length === 0
        ? [countingStep(measurable.kernels, unit)]
        : program.map((mask, i) => stepOf(maker, mask, program.slice(0, i)));
  }

  /**
   * Sets what goes to +0 in place.
   * @param kept one byte an element; becomes 0 where the program chooses it, zeros it chooses too
   * @returns whether any byte changed
   */
  async apply(elements: Uint8Array, kept?: Uint8Array): Promise<boolean> {
    let changed = false;
    for (const step of this.steps) if (await step.apply(elements, this.index, kept)) changed = true;
    this.index += elements.length / this.width;
    return changed;
  }

  async finish(): Promise<ApplyCounts> {
    let pruned = 0;
    let zeros = 0;
    for (const step of this.steps) {
      const counts = await step.finish();
      pruned += counts.pruned;
      // Counted in what each step leaves: the last one knows.
      zeros = counts.zeros;
    }
    return { pruned, zeros };
  }
}

interface StepMaker {
  readonly measurable: Measurable;
  readonly unit: Unit;
  readonly groups: KnownGroupScores;
  readonly signal: AbortSignal;
}

function stepOf(maker: StepMaker, mask: Mask, before: Program): Step {
  if (mask.kind !== 'threshold') return patternStep(maker, mask);
  return mask.score.groups ? groupStep(maker, mask, before) : thresholdStep(maker, mask);
}

function thresholdStep(maker: StepMaker, { score, threshold, ties }: Placement): Step {
  const { measurable, unit } = maker;
  const mask = { criterion: rankingOf(score), threshold, ties };
  if (isOfWeights(score)) {
    const applier = measurable.kernels.applyThreshold(unit.dtype, mask);
    return { apply: (elements, _, kept) => applier.apply(elements, kept), finish: () => applier.finish() };
  }
  const applier = measurable.kernels.applyScores(unit.dtype, scoreDtypeOf(score, unit.dtype), mask);
  return scoredStep(applier, scoresFor(maker, score));
}

function patternStep(maker: StepMaker, mask: Exclude<Mask, { kind: 'threshold' }>): Step {
  const { measurable, unit } = maker;
  const { score } = mask;
  const scoreDtype = scoreDtypeOf(score, unit.dtype);
  const pattern = patternOf(unit, mask);
  const applier = measurable.kernels.applyPattern(unit.dtype, scoreDtype, rankingOf(score), pattern);
  return scoredStep(applier, scoresFor(maker, score));
}

function scoresFor({ measurable, unit, signal }: StepMaker, score: Score): ElementScores {
  return elementScores(measurable, unit, score, signal);
}

function scoredStep(applier: ReturnType<Kernels['applyScores']>, scores: ElementScores): Step {
  return {
    apply: async (elements, index, kept) => applier.apply(elements, await scores(elements, index), kept),
    finish: () => applier.finish(),
  };
}

function groupStep({ measurable, unit, groups }: StepMaker, mask: Placement, before: Program): Step {
  const { score } = mask;
  const known = groups.get(groupScoresKey(unit.tensor, score, before));
  if (!known) throw new CheckpointError('internal', `The groups of ${unit.name} were not scored.`);
  const grouping = groupingOf(unit, score.groups!);
  const applier = measurable.kernels.applyGroups(unit.dtype, grouping, goneGroups(known, mask));
  return { apply: (elements, _, kept) => applier.apply(elements, kept), finish: () => applier.finish() };
}

/** Chooses nothing, and counts the zeros. */
function countingStep(kernels: Kernels, unit: Unit): Step {
  const applier = kernels.applyThreshold(unit.dtype, { criterion: 'magnitude', threshold: -1, ties: 0 });
  return { apply: (elements) => applier.apply(elements), finish: () => applier.finish() };
}
