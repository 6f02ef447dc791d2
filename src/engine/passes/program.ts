/** Applying a program to the weights of a unit: the one place where masks become zeros. */
import { type ApplyCounts, type Kernels, type PatternMask, stripOf } from '../../kernels/kernels';
import { CheckpointError } from '../../lib/errors';
import { inForce, type Mask, type OwnMask, type Placement, type Program } from '../../pruning/resolution';
import { isOfWeights, rankingOf, type Score, scoreDtypeOf } from '../../pruning/score';
import { byteWidthOf } from '../../tensors/dtype';
import { numelOf, sizeAlong } from '../../tensors/tensor';
import type { Unit } from '../reading/units';
import { type ElementScores, elementScores } from './elementScores';
import { goneGroups, groupingOf, groupScoresKey } from './groupScores';
import { int8Step } from './int8';
import type { Measurable } from './measurable';
import { sameStep } from './sameElements';
import { slicesStep } from './slicesStep';
import type { KnownGroupScores, Step, StepMaker } from './step';
import { valuesStep } from './valuesStep';

/** Strips are held in memory whole. */
const maxStripBytes = 256 * 2 ** 20;

/**
 * How many elements have to come together for a program: chunks hold whole multiples.
 * @throws CheckpointError `out-of-memory`
 */
export function alignmentOf(unit: Unit, program: Program): number {
  const numel = numelOf(unit.shape);
  let alignment = 1;
  for (const mask of inForce(program)) {
    if (mask.kind === 'threshold' || mask.kind === 'slices' || mask.kind === 'values' || mask.kind === 'int8') continue;
    // Of the same shape and order in memory: its strips are those of this one.
    const strip = mask.kind === 'same' ? alignmentOf(unit, mask.program) : stripOf(patternOf(unit, mask));
    alignment = Math.min(numel, leastCommonMultiple(alignment, strip));
  }
  // With the gaps between them, which are read with them.
  const bytes = Math.ceil((alignment / Math.max(1, numel)) * unit.byteLength);
  if (bytes > maxStripBytes) {
    throw new CheckpointError(
      'out-of-memory',
      `The weights of ${unit.name} are stored so that ${Math.ceil(bytes / 2 ** 20)} MiB of them would be needed at once, and ${maxStripBytes / 2 ** 20} MiB are the limit: those that compete with each other lie far apart.`,
      { tensor: unit.name, advice: 'Prune this tensor by a threshold instead of a pattern or rows.' },
    );
  }
  return alignment;
}

type StripMask = Exclude<OwnMask, { kind: 'threshold' }>;

/** Where in storage the elements lie that compete with each other. */
function patternOf({ shape, strides, name }: Unit, mask: StripMask): PatternMask {
  if (mask.kind === 'pattern') {
    const { axis, n, m } = mask;
    return { amount: { keep: n }, m, size: shape[axis]!, stride: strides[axis]!, run: 1 };
  }
  // A row is all that shares an index of the axes: runs of `stride` elements, a whole turn of them apart; where one of
  // them is slower than what it does not share (experts), within one index of that.
  const amount = { drop: mask.count };
  const { block, size, stride } = turnOf({ shape, strides, name }, mask.axes);
  const turns = block / (size * stride);
  if (turns === 1) return { amount, m: stride, size: stride, stride: 1, run: 1 };
  return { amount, m: turns * stride, size: turns * stride, stride: size * stride, run: stride };
}

/**
 * Rows in storage: within blocks, each index of `size` comes as runs of `stride` elements.
 * @throws CheckpointError `unsupported-feature` where they are strewn in another way
 */
function turnOf({ shape, strides, name }: Pick<Unit, 'shape' | 'strides' | 'name'>, axes: readonly number[]) {
  const slowestFirst = shape.map((_, axis) => axis).filter((axis) => shape[axis]! > 1);
  slowestFirst.sort((a, b) => strides[b]! - strides[a]!);
  const isFixed = slowestFirst.map((axis) => axes.includes(axis));
  const last = isFixed.lastIndexOf(true);
  if (last === -1) return { block: numelOf(shape), size: 1, stride: numelOf(shape) };
  // The fixed ones that come last, side by side; those before them have to be the slowest of all.
  let first = last;
  while (first > 0 && isFixed[first - 1]) first--;
  const before = isFixed.indexOf(false);
  if (before !== -1 && before < first && isFixed.slice(before, first).includes(true)) {
    throw new CheckpointError('unsupported-feature', `The rows of ${name} are strewn over its storage.`, {
      tensor: name,
      advice: 'Prune this tensor by a threshold instead of rows.',
    });
  }
  const size = sizeAlong(shape, slowestFirst.slice(first, last + 1));
  const outer = before === -1 || before > first ? 1 : sizeAlong(shape, slowestFirst.slice(0, before));
  return { block: numelOf(shape) / outer, size, stride: strides[slowestFirst[last]!]! };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** A program at work on the elements of one unit, which come in order, in multiples of its alignment. */
export class ProgramRun {
  /** Whether `apply` has to be told what is left, because a later mask asks for it. */
  readonly needsKept: boolean;
  private readonly steps: readonly Step[];
  private readonly width: number;
  private index = 0;

  /** @param groups holds the scores of every mask of groups */
  constructor(measurable: Measurable, unit: Unit, whole: Program, groups: KnownGroupScores, signal: AbortSignal) {
    const program = inForce(whole);
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

function stepOf(maker: StepMaker, mask: Mask, before: Program): Step {
  if (mask.kind === 'values') return valuesStep(maker, mask.repair);
  if (mask.kind === 'slices') return slicesStep(maker, mask);
  if (mask.kind === 'int8') return int8Step(maker.unit, mask);
  if (mask.kind === 'same') {
    const { measurable, groups, signal } = maker;
    const original = measurable.beside.unitOf(mask.as);
    if (!original) throw new CheckpointError('internal', `${mask.name} was to give its mask, and it is not measured.`);
    const run = new ProgramRun(measurable, original, mask.program, groups, signal);
    return sameStep(maker, original, (elements, kept) => run.apply(elements, kept));
  }
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

function patternStep(maker: StepMaker, mask: StripMask): Step {
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
