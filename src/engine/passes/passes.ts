/** Passes over weights that answer questions: what is asked of one tensor shares one pass where it can. */

import { CheckpointError } from '../../lib/errors';
import { at, found, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { inForce, type Program, requestKey } from '../../pruning/resolution';
import { isOfWeights, type Score } from '../../pruning/score';
import { byteWidthOf } from '../../tensors/dtype';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { type Chunk, streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import { type ElementScores, elementScores } from './elementScores';
import { areDrawn, type GroupScores, groupScoresKey, untouchedRandomScores } from './groupScores';
import type { Measurable } from './measurable';
import { alignmentOf, ProgramRun } from './program';
import { CountsQuestion, GroupsQuestion, type Question } from './questions';
import type { KnownGroupScores } from './step';
import { Strips } from './strips';
import { UnitProgress } from './unitProgress';

/**
 * What is to be found out, planned in rounds, each one pass over the file: a program with a mask of groups waits for the
 * round that scores them. Nearly always there is one.
 */
export class Passes {
  private readonly measurable: Measurable;
  private readonly units: ReadonlyMap<TensorId, Unit>;
  private readonly rounds: Map<string, Pass>[] = [];
  /** By groupScoresKey: known from before, or found in the rounds so far. */
  private readonly known = new Map<string, GroupScores>();
  /** By groupScoresKey: the first round in which they are known. */
  private readonly planned = new Map<string, number>();

  constructor(measurable: Measurable, units: readonly Unit[]) {
    this.measurable = measurable;
    this.units = new Map(units.map((unit) => [unit.tensor, unit]));
  }

  /** Plans what a program needs. @returns the first round in which it can run */
  prepare(tensor: TensorId, whole: Program): number {
    const program = inForce(whole);
    let round = 0;
    program.forEach((mask, i) => {
      if (mask.kind === 'same') round = Math.max(round, this.prepare(mask.as, mask.program));
      if (mask.kind !== 'threshold' || !mask.score.groups) return;
      round = Math.max(round, this.scoreGroups(tensor, mask.score, program.slice(0, i)));
    });
    return round;
  }

  /** Plans scores of groups, which `run` returns. @returns the first round in which they are known */
  scoreGroups(tensor: TensorId, score: Score, after: Program): number {
    const key = groupScoresKey(tensor, score, after);
    const planned = this.planned.get(key);
    if (planned !== undefined) return planned;
    const atHand = this.groupsAtHand(key, tensor, score, after);
    let round = 0;
    if (atHand) {
      this.known.set(key, atHand);
    } else {
      round = this.prepare(tensor, after) + 1;
      this.passIn(round - 1, tensor, after).ask(key, (unit) => new GroupsQuestion(this.measurable, unit, score));
    }
    this.planned.set(key, round);
    return round;
  }

  private groupsAtHand(key: string, tensor: TensorId, score: Score, after: Program): GroupScores | undefined {
    const { beside } = this.measurable;
    if (areDrawn(score) && after.length === 0 && beside.finite.has(tensor)) {
      return untouchedRandomScores(this.unitOf(tensor), score);
    }
    return beside.groupScores(key);
  }

  /** Plans a pass over what a program leaves of a tensor. */
  over(tensor: TensorId, after: Program): Pass {
    return this.passIn(this.prepare(tensor, after), tensor, after);
  }

  private passIn(round: number, tensor: TensorId, after: Program): Pass {
    while (this.rounds.length <= round) this.rounds.push(new Map());
    const key = requestKey({ kind: 'counts', tensor, after });
    return getOrInsert(at(this.rounds, round), key, () => new Pass(this.measurable, this.unitOf(tensor), after));
  }

  private unitOf(tensor: TensorId): Unit {
    const unit = this.units.get(tensor) ?? this.measurable.beside.unitOf(tensor);
    if (!unit) throw new CheckpointError('internal', `Tensor ${tensor} was asked about, and it is not measured.`);
    return unit;
  }

  /**
   * Reads what was planned. Questions have their answers afterwards.
   * @returns all scores of groups that were planned
   */
  async run(context: CallContext): Promise<KnownGroupScores> {
    const rounds = this.rounds.map((round) => byUnit(round.values()));
    const all = rounds.flatMap((passes) => [...passes.keys()]);
    const report = new UnitProgress('refining', all, context);
    for (const passes of rounds) await this.runRound(passes, report, context.signal);
    return this.known;
  }

  private async runRound(
    passes: ReadonlyMap<Unit, readonly Pass[]>,
    report: UnitProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, checkpoint, beside } = this.measurable;
    const readOnly = [...passes.values()].flat().every(({ changesElements }) => !changesElements);
    const options = { byteOrder: checkpoint.byteOrder, readOnly, signal };
    for await (const chunk of streamUnits(source, [...passes.keys()], options)) {
      const ofUnit = known(passes, chunk.unit);
      let isFinished = false;
      for (const pass of ofUnit) {
        const elements = ofUnit.length > 1 && pass.changesElements ? chunk.elements.slice() : chunk.elements;
        isFinished = await pass.add({ ...chunk, elements }, this.known, signal);
        if (!isFinished) continue;
        for (const [key, scores] of pass.scoredGroups()) {
          this.known.set(key, scores);
          beside.keepGroupScores(key, scores);
        }
      }
      report.advance(chunk.unit, chunk.covers, isFinished);
    }
  }
}

function byUnit(passes: Iterable<Pass>): Map<Unit, Pass[]> {
  const grouped = new Map<Unit, Pass[]>();
  for (const pass of passes) getOrInsert(grouped, pass.unit, () => []).push(pass);
  return grouped;
}

/** One look at what a program leaves of one unit, for all that is asked about it. */
export class Pass {
  readonly unit: Unit;
  private readonly measurable: Measurable;
  private readonly after: Program;
  private readonly strips: Strips;
  /** Made when the unit's first chunk comes: until then they would only take memory. */
  private readonly planned = new Map<string, (unit: Unit) => Question>();
  private readonly asked = new Map<string, Question>();
  private run: ProgramRun | undefined;
  private bytesLeft: number;
  private index = 0;
  private readonly scorers = new Map<string, ElementScores>();

  constructor(measurable: Measurable, unit: Unit, after: Program) {
    this.measurable = measurable;
    this.unit = unit;
    this.after = after;
    const width = byteWidthOf(unit.dtype);
    this.strips = new Strips(alignmentOf(unit, after) * width, width);
    this.bytesLeft = unit.byteLength;
  }

  /** @param key equal for equal questions */
  ask(key: string, make: (unit: Unit) => Question): void {
    this.planned.set(key, make);
  }

  /** Once the pass is over. */
  answerTo(key: string): Question['answer'] {
    return this.asked.get(key)?.answer;
  }

  *scoredGroups(): Generator<[string, GroupScores]> {
    for (const [key, question] of this.asked) {
      if (question instanceof GroupsQuestion) yield [key, found(question.answer, 'norms of groups')];
    }
  }

  /** @returns whether that was the last chunk */
  async add({ elements, covers, hold }: Chunk, groups: KnownGroupScores, signal: AbortSignal): Promise<boolean> {
    const { measurable, unit, after } = this;
    if (!this.run) {
      this.run = new ProgramRun(measurable, unit, after, groups, signal);
      for (const [key, make] of this.planned) this.asked.set(key, make(unit));
    }
    const kept = after.length > 0 ? new Uint8Array(elements.length / byteWidthOf(unit.dtype)).fill(1) : undefined;
    const part = { elements, kept, done: 0, changed: false, finished: hold() };
    await this.strips.push(part, async (some, keptOfSome) => {
      const changed = this.isCounted && (await found(this.run, 'a program').apply(some, keptOfSome));
      await this.addPiece(some, keptOfSome, signal);
      return changed;
    });
    this.bytesLeft -= covers;
    if (this.bytesLeft > 0) return false;
    const counts = await this.run.finish();
    for (const question of this.asked.values()) await question.finish(counts);
    this.scorers.clear();
    return true;
  }

  /** Programs change what they are given. */
  get changesElements(): boolean {
    return this.after.length > 0;
  }

  /** Whether anybody cares what the program does. */
  private get isCounted(): boolean {
    return this.after.length > 0 || [...this.asked.values()].some((question) => question instanceof CountsQuestion);
  }

  private async addPiece(elements: Uint8Array, kept: Uint8Array | undefined, signal: AbortSignal): Promise<void> {
    const { unit, index } = this;
    const scored = new Map<string, Promise<Uint8Array>>();
    const scoresOf = (score: Score) =>
      getOrInsert(scored, keyOf(score), async () => {
        const scorer = getOrInsert(this.scorers, keyOf(score), () =>
          elementScores(this.measurable, unit, score, signal),
        );
        const scores = await scorer(elements, index);
        return kept ? withoutRemoved(scores, kept) : scores;
      });
    for (const question of this.asked.values()) await question.add({ elements, kept, scoresOf });
    this.index += elements.length / byteWidthOf(unit.dtype);
  }
}

/** Magnitudes and weights as they are have the same scores: the weights. */
function keyOf(score: Score): string {
  return isOfWeights(score) ? 'weights' : JSON.stringify(score);
}

/** A copy with NaN in place of those that went. */
function withoutRemoved(scores: Uint8Array, kept: Uint8Array): Uint8Array {
  const marked = scores.slice();
  const width = scores.length / kept.length;
  // All ones are NaN in every dtype.
  for (let i = 0; i < kept.length; i++) if (kept[i] === 0) marked.fill(0xff, i * width, (i + 1) * width);
  return marked;
}
