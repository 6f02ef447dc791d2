/**
 * What pruning does to a model's outputs, in numbers (docs/evaluation.md has the formulas). Sums are in f64 over values
 * rounded to f32; accumulators are fed batch by batch.
 */
import type { BySample } from './bySample';

/** Cosine similarity, relative L2 and greatest difference of two vectors that come in parts. */
export class DriftSums {
  private products = 0;
  private otherSquares = 0;
  /** ‖a‖² */
  squares = 0;
  /** ‖a − b‖² */
  differences = 0;
  private greatest = 0;

  add(original: Float32Array, pruned: Float32Array): void {
    for (let i = 0; i < original.length; i++) {
      const a = original[i]!;
      const b = pruned[i]!;
      const difference = Math.abs(a - b);
      this.products += a * b;
      this.squares += a * a;
      this.otherSquares += b * b;
      this.differences += difference * difference;
      // NaN has to stay visible, which Math.max sees to.
      this.greatest = Math.max(this.greatest, difference);
    }
  }

  /** a·b / (‖a‖ ‖b‖); 1 where both are zero, 0 where one is. */
  get cosine(): number {
    if (this.squares === 0 || this.otherSquares === 0) return this.squares === this.otherSquares ? 1 : 0;
    return this.products / Math.sqrt(this.squares * this.otherSquares);
  }

  /** ‖a − b‖ / ‖a‖; 0 where nothing differs, infinite where a is zero and b is not. */
  get relativeL2(): number {
    return this.differences === 0 ? 0 : Math.sqrt(this.differences / this.squares);
  }

  get maxAbsolute(): number {
    return this.greatest;
  }
}

/** Rows of class scores: agreement of the greatest, and KL divergence. */
export class ScoreSums {
  private readonly classes: number;
  private readonly probabilities: boolean;
  private readonly areSteps: boolean;
  rows = 0;
  agreeing = 0;
  /** Sum over rows. */
  divergence = 0;

  /**
   * @param probabilities whether rows sum to one already; else a softmax makes them do so
   * @param areSteps of sequences, most of which may say nothing
   */
  constructor(classes: number, probabilities: boolean, areSteps = false) {
    this.classes = classes;
    this.probabilities = probabilities;
    this.areSteps = areSteps;
  }

  add(original: Float32Array, pruned: Float32Array): void {
    for (let start = 0; start < original.length; start += this.classes) {
      const a = original.subarray(start, start + this.classes);
      const b = pruned.subarray(start, start + this.classes);
      this.rows++;
      if (greatest(a) === greatest(b)) this.agreeing++;
      this.divergence += klDivergence(a, b, this.probabilities);
    }
  }

  /** Undefined for steps: see SequenceSums. */
  get top1Agreement(): number | undefined {
    if (this.areSteps) return undefined;
    return this.rows === 0 ? 1 : this.agreeing / this.rows;
  }

  /** Mean over rows of Σ p ln(p / q), in nats. */
  get klDivergence(): number {
    return this.rows === 0 ? 0 : this.divergence / this.rows;
  }
}

/** Share of rows whose label is among the greatest scores. */
export class AccuracySums {
  readonly classes: number;
  private readonly first: number[] = [];
  private readonly amongFive: number[] = [];
  private readonly greatest: number[] = [];

  constructor(classes: number) {
    this.classes = classes;
  }

  /** @param labels one a row; rows with labels that are no class count as wrong */
  add(scores: Float32Array, labels: Int32Array): void {
    labels.forEach((label, row) => {
      const own = scores.subarray(row * this.classes, (row + 1) * this.classes);
      const rank = rankOf(own, label);
      this.greatest.push(greatest(own));
      this.first.push(rank === 0 ? 1 : 0);
      this.amongFive.push(rank < 5 ? 1 : 0);
    });
  }

  get top1(): number {
    return meanOf(this.first);
  }

  get top5(): number {
    return meanOf(this.amongFive);
  }

  /** The class of each row that has the greatest score. */
  get chosen(): Int32Array {
    return Int32Array.from(this.greatest);
  }

  /** 1 for each row that is right, 0 for the others. */
  get bySample(): BySample {
    return { accuracy: Float32Array.from(this.first), top5: Float32Array.from(this.amongFive) };
  }
}

/** exp of the mean negative log likelihood of each token after those before it. */
export class PerplexitySums {
  private readonly vocabulary: number;
  private tokens = 0;
  private loss = 0;

  constructor(vocabulary: number) {
    this.vocabulary = vocabulary;
  }

  /** @param scores of one sequence: a row of logits for every token of it */
  add(scores: Float32Array, tokens: Int32Array): void {
    for (let at = 0; at + 1 < tokens.length; at++) {
      const row = scores.subarray(at * this.vocabulary, (at + 1) * this.vocabulary);
      this.loss += logSumExp(row) - (row[tokens[at + 1]!] ?? Number.NEGATIVE_INFINITY);
      this.tokens++;
    }
  }

  get perplexity(): number {
    return Math.exp(this.loss / this.tokens);
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Index of the greatest value, the first of equals, as numpy.argmax. */
export function greatest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

/** How many classes come before `label` in order of scores; equals in order of classes. */
function rankOf(row: Float32Array, label: number): number {
  const score = row[label];
  if (score === undefined || Number.isNaN(score)) return row.length;
  let rank = 0;
  for (let i = 0; i < row.length; i++) if (row[i]! > score || (row[i] === score && i < label)) rank++;
  return rank;
}

function logSumExp(row: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of row) most = Math.max(most, value);
  let sum = 0;
  for (const value of row) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

/** Least probability that a logarithm is taken of: pruned softmaxes may give 0, and one row must not be infinite. */
const leastProbability = 1e-12;

function klDivergence(original: Float32Array, pruned: Float32Array, probabilities: boolean): number {
  const shift = probabilities ? 0 : logSumExp(original);
  const otherShift = probabilities ? 0 : logSumExp(pruned);
  const least = Math.log(leastProbability);
  let sum = 0;
  for (let i = 0; i < original.length; i++) {
    const logP = probabilities ? Math.log(original[i]!) : original[i]! - shift;
    const logQ = probabilities ? Math.log(pruned[i]!) : pruned[i]! - otherShift;
    if (logP > least || Number.isNaN(logP)) sum += Math.exp(logP) * (logP - Math.max(least, logQ));
  }
  return sum;
}

/** How far from 1 the sum of a row of probabilities may be, in f32. */
const probabilityTolerance = 1e-3;

export function areProbabilities(scores: Float32Array, classes: number): boolean {
  for (let start = 0; start < scores.length; start += classes) {
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      if (!(scores[i]! >= 0)) return false;
      sum += scores[i]!;
    }
    if (Math.abs(sum - 1) > probabilityTolerance) return false;
  }
  return scores.length > 0;
}
