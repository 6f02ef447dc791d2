/**
 * Outputs that are read as sequences: a row of class scores for each step, of which one class is the blank that separates
 * symbols (connectionist temporal classification, Graves et al. 2006).
 */
import { at } from '../../lib/known';
import { greatest } from './sums';

/** Fewer classes, or more steps, are anchors of a detector: its first class is the background. */
const leastClasses = 3;
const mostSteps = 1600;
/** Share of all steps that the blank has at least. */
const leastBlank = 0.25;

/** The class of each row with the greatest score. */
export function classesOf(scores: Float32Array, classes: number): number[] {
  const chosen: number[] = [];
  for (let start = 0; start < scores.length; start += classes) {
    chosen.push(greatest(scores.subarray(start, start + classes)));
  }
  return chosen;
}

/**
 * Which class is the blank: the first or the last one, as all exporters have it, where it is chosen in many steps.
 * @param shape samples × steps × classes
 * @returns undefined where the output does not look like sequences
 */
export function blankOf(shape: readonly number[], scores: Float32Array, samples: number): number | undefined {
  const [rows, steps = 0, classes = 0] = shape;
  if (shape.length !== 3 || rows !== samples || steps < 2 || steps > mostSteps || classes < leastClasses) {
    return undefined;
  }
  const chosen = classesOf(scores, classes);
  const counts = [0, classes - 1].map((blank) => ({ blank, count: chosen.filter((each) => each === blank).length }));
  const [first, other] = [at(counts, 0), at(counts, 1)];
  const { blank, count } = other.count > first.count ? other : first;
  return count >= leastBlank * chosen.length && count < chosen.length ? blank : undefined;
}

/** What is read: repeats are one symbol, and blanks are none. */
export function collapsed(chosen: readonly number[], blank: number): number[] {
  return chosen.filter((each, i) => each !== blank && each !== chosen[i - 1]);
}

/** Symbols to change, insert or delete to get from one to the other (Levenshtein 1966). */
export function editDistance(from: readonly number[], to: readonly number[]): number {
  let before = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, symbol] of from.entries()) {
    const row = [i + 1];
    for (const [j, other] of to.entries()) {
      const changed = at(before, j) + (symbol === other ? 0 : 1);
      row.push(Math.min(changed, at(before, j + 1) + 1, at(row, j) + 1));
    }
    before = row;
  }
  return at(before, to.length);
}

/** Sequences of the pruned model against those of the original. */
export class SequenceSums {
  private readonly classes: number;
  private readonly blank: number;
  sequences = 0;
  /** That read the same. */
  same = 0;
  private readSteps = 0;
  private agreeing = 0;
  private edits = 0;
  private symbols = 0;

  constructor(classes: number, blank: number) {
    this.classes = classes;
    this.blank = blank;
  }

  /**
   * @param original whole sequences one behind the other, a row of scores for each step
   * @param pruned likewise
   * @param steps of each sequence
   */
  add(original: Float32Array, pruned: Float32Array, steps: number): void {
    const { classes, blank } = this;
    const [before, after] = [classesOf(original, classes), classesOf(pruned, classes)];
    for (let start = 0; start < before.length; start += steps) {
      const [a, b] = [before.slice(start, start + steps), after.slice(start, start + steps)];
      const [read, readNow] = [collapsed(a, blank), collapsed(b, blank)];
      const edits = editDistance(read, readNow);
      this.sequences++;
      if (edits === 0) this.same++;
      this.edits += edits;
      this.symbols += read.length;
      for (const [i, step] of a.entries()) {
        if (step === blank && b[i] === blank) continue;
        this.readSteps++;
        if (step === b[i]) this.agreeing++;
      }
    }
  }

  get sequenceAgreement(): number {
    return this.sequences === 0 ? 1 : this.same / this.sequences;
  }

  get stepAgreement(): number {
    return this.readSteps === 0 ? 1 : this.agreeing / this.readSteps;
  }

  /** Edits for each symbol that the original reads. */
  get symbolErrors(): number {
    return this.edits === 0 ? 0 : this.edits / this.symbols;
  }
}
