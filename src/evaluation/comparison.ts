/** Outputs of the pruned model held against those of the original, batch by batch. */
import { at, known, last } from '../lib/known';
import type { Batch } from './inputs/dataset';
import { type BySample, type SampledMetric, SampleParts } from './metrics/bySample';
import type { MetricRecord } from './metrics/metric';
import { allMetrics, type Figures } from './metrics/metrics';
import { blankOf, SequenceSums } from './metrics/sequences';
import { AccuracySums, areProbabilities, DriftSums, PerplexitySums, ScoreSums } from './metrics/sums';
import type { OutputDrift } from './protocol';
import { worstOutput } from './quality';
import { isNumeric, rowsOf, toFloats, type Values } from './values';

/** One output of one batch. */
export interface FloatOutput {
  readonly shape: readonly number[];
  readonly floats: Float32Array;
}
export type FloatOutputs = ReadonlyMap<string, FloatOutput>;

/** What is to be measured of an output: settled once, from the original's outputs of the first batch. */
export interface OutputPlan {
  readonly name: string;
  readonly scores?: { readonly classes: number; readonly probabilities: boolean };
  /** Where its rows are the steps of sequences. */
  readonly sequences?: { readonly classes: number; readonly blank: number };
}

export interface ComparisonPlan {
  readonly outputs: readonly OutputPlan[];
  /** The output whose rows are held against labels. */
  readonly labelled?: { readonly name: string; readonly classes: number };
  /** The output that scores the next token. */
  readonly tokens?: { readonly name: string; readonly vocabulary: number };
}

/** The numbers of a batch's outputs, without the samples that only fill it up. */
export function floatOutputs(outputs: ReadonlyMap<string, Values>, batch: Batch): Map<string, FloatOutput> {
  const fed = [...batch.feeds.values()][0]?.shape[0];
  const floats = new Map<string, FloatOutput>();
  for (const [name, values] of outputs) {
    if (!isNumeric(values.dtype)) continue;
    const isFilled = fed !== undefined && batch.samples < fed && values.shape[0] === fed;
    const counted = isFilled ? rowsOf(values, 0, batch.samples) : values;
    floats.set(name, { shape: counted.shape, floats: toFloats(counted) });
  }
  return floats;
}

/** Outputs that hold a row of numbers a sample, and are no scores. */
const otherThanScores = /box|bbox|loc(s|ation)|landmark|keypoint|embed|feature|hidden|pool|offset|regress|anchor/i;
const namedScores = /logit|score|prob|class|softmax/i;
/** Vocabularies are larger; what is smaller is a classifier of tokens. */
const minVocabulary = 32;

/** @param names in order of the graph */
export function planComparison(names: readonly string[], outputs: FloatOutputs, batch: Batch): ComparisonPlan {
  const plans = names
    .filter((name) => outputs.has(name))
    .map((name) => withSequences(planOutput(name, known(outputs, name), batch), known(outputs, name), batch));
  const ofSamples = plans.find(
    ({ name, scores }) => scores && known(outputs, name).floats.length === scores.classes * batch.samples,
  );
  const { tokens } = batch;
  const ofTokens = tokens && plans.find(({ name }) => scoresTokens(known(outputs, name), tokens));
  return {
    outputs: plans,
    ...(batch.labels && ofSamples?.scores && { labelled: { name: ofSamples.name, classes: ofSamples.scores.classes } }),
    ...(ofTokens && { tokens: { name: ofTokens.name, vocabulary: last(known(outputs, ofTokens.name).shape) } }),
  };
}

function planOutput(name: string, { shape, floats }: FloatOutput, { samples }: Batch): OutputPlan {
  const sizes = [...shape];
  while (sizes.length > 2 && sizes.at(-1) === 1) sizes.pop();
  const classes = sizes.at(-1) ?? 1;
  if (sizes.length < 2 || classes < 2 || otherThanScores.test(name)) return { name };
  const probabilities = areProbabilities(floats, classes);
  const aRowEach = sizes.length === 2 && sizes[0] === samples;
  return probabilities || aRowEach || namedScores.test(name) ? { name, scores: { classes, probabilities } } : { name };
}

/** Steps of which most say nothing would hide what goes wrong: what is read is compared, not rows. */
function withSequences(plan: OutputPlan, { shape, floats }: FloatOutput, { samples, tokens }: Batch): OutputPlan {
  const blank = plan.scores && !tokens ? blankOf(shape, floats, samples) : undefined;
  if (blank === undefined) return plan;
  return { ...plan, sequences: { classes: at(shape, 2), blank } };
}

function scoresTokens({ shape }: FloatOutput, tokens: Int32Array): boolean {
  const vocabulary = shape.at(-1) ?? 0;
  return (
    shape.length >= 2 &&
    shape.at(-2) === tokens.length &&
    tokens.length > 1 &&
    vocabulary >= minVocabulary &&
    tokens.every((token) => token < vocabulary)
  );
}

/** What one model makes of labels and tokens, original or pruned. */
export class QualitySums {
  private readonly plan: ComparisonPlan;
  private readonly accuracySums: AccuracySums | undefined;
  private readonly perplexitySums: PerplexitySums | undefined;

  constructor(plan: ComparisonPlan) {
    this.plan = plan;
    this.accuracySums = plan.labelled && new AccuracySums(plan.labelled.classes);
    this.perplexitySums = plan.tokens && new PerplexitySums(plan.tokens.vocabulary);
  }

  add(outputs: FloatOutputs, { labels, tokens }: Batch): void {
    const { labelled, tokens: scored } = this.plan;
    if (labelled && labels) this.accuracySums?.add(known(outputs, labelled.name).floats, labels);
    if (scored && tokens) this.perplexitySums?.add(known(outputs, scored.name).floats, tokens);
  }

  get figures(): Figures {
    return figuresOf({ labels: this.accuracySums, tokens: this.perplexitySums });
  }

  get bySample(): BySample {
    return this.accuracySums?.bySample ?? {};
  }

  /** Of each labelled sample the class that is chosen. */
  get chosen(): { readonly chosen?: Int32Array } {
    return this.accuracySums ? { chosen: this.accuracySums.chosen } : {};
  }
}

interface Sums {
  readonly drift?: DriftSums;
  readonly sequences?: SequenceSums | undefined;
  readonly scores?: ScoreSums | undefined;
  readonly labels?: AccuracySums | undefined;
  readonly tokens?: PerplexitySums | undefined;
}

/** What can be read off sums: each metric off those that it is of. */
function figuresOf(sums: Sums): Figures {
  const read = allMetrics.map((metric) => [metric.id, figureOf(metric, sums)] as const);
  return Object.fromEntries(read.filter(([, figure]) => figure !== undefined));
}

function figureOf(metric: MetricRecord, { drift, scores, sequences, labels, tokens }: Sums): number | undefined {
  switch (metric.of) {
    case 'drift':
      return drift && metric.read(drift);
    case 'scores':
      return scores && metric.read(scores);
    case 'sequences':
      return sequences && metric.read(sequences);
    case 'labels':
      return labels && metric.read(labels);
    case 'tokens':
      return tokens && metric.read(tokens);
  }
}

/** The shape of all batches' outputs together, where the first axis counts samples. */
function withMoreRows(before: readonly number[] | undefined, shape: readonly number[], samples: number): number[] {
  const [rows, ...rest] = shape;
  return before && rows === samples ? [at(before, 0) + rows, ...rest] : [...shape];
}

/** One output of both models, over all batches. */
class OutputComparison {
  readonly name: string;
  private readonly plan: OutputPlan;
  private readonly drift = new DriftSums();
  private readonly scores: ScoreSums | undefined;
  private readonly sequences: SequenceSums | undefined;
  private readonly parts = {
    relativeL2: new SampleParts(),
    klDivergence: new SampleParts(),
    top1Agreement: new SampleParts(),
    sequenceAgreement: new SampleParts(),
  };
  private shape: readonly number[] | undefined;

  constructor(plan: OutputPlan) {
    this.name = plan.name;
    this.plan = plan;
    this.scores =
      plan.scores && new ScoreSums(plan.scores.classes, plan.scores.probabilities, plan.sequences !== undefined);
    this.sequences = plan.sequences && new SequenceSums(plan.sequences.classes, plan.sequences.blank);
  }

  /** Outputs whose size depends on their values (boxes above a threshold) are compared as far as both go. */
  add(before: FloatOutput, after: FloatOutput, samples: number): void {
    this.shape = withMoreRows(this.shape, after.shape, samples);
    const isWhole = before.floats.length === after.floats.length;
    const each = before.floats.length / samples;
    const { classes = 1 } = this.plan.scores ?? {};
    if (isWhole && Number.isInteger(each) && each % classes === 0) {
      for (let start = 0; start < before.floats.length; start += each) {
        const [a, b] = [before, after].map(({ floats }) => floats.subarray(start, start + each));
        if (a && b) this.addSample(a, b, before.shape[1] ?? 1);
      }
      return;
    }
    for (const parts of Object.values(this.parts)) parts.giveUp();
    const length = Math.min(before.floats.length, after.floats.length);
    const [a, b] = [before.floats.subarray(0, length), after.floats.subarray(0, length)];
    this.drift.add(a, b);
    this.scores?.add(a, b);
    if (isWhole) this.sequences?.add(a, b, before.shape[1] ?? 1);
  }

  private addSample(a: Float32Array, b: Float32Array, steps: number): void {
    const { drift, scores, sequences, parts } = this;
    const { differences, squares } = drift;
    drift.add(a, b);
    parts.relativeL2.add(drift.differences - differences, drift.squares - squares);
    if (scores) {
      const { rows, divergence, agreeing } = scores;
      scores.add(a, b);
      parts.klDivergence.add(scores.divergence - divergence, scores.rows - rows);
      parts.top1Agreement.add(scores.agreeing - agreeing, scores.rows - rows);
    }
    if (sequences) {
      const { same, sequences: count } = sequences;
      sequences.add(a, b, steps);
      parts.sequenceAgreement.add(sequences.same - same, sequences.sequences - count);
    }
  }

  get result(): OutputDrift {
    const { drift, scores, sequences, plan } = this;
    return {
      name: plan.name,
      shape: this.shape ?? [],
      ...(plan.scores && { classes: plan.scores.classes }),
      ...figuresOf({ drift, scores, sequences }),
    };
  }

  bySample(metric: keyof typeof this.parts): Float32Array | undefined {
    return this.parts[metric].values;
  }
}

export class Comparison {
  private readonly outputs: readonly OutputComparison[];

  constructor({ outputs }: ComparisonPlan) {
    this.outputs = outputs.map((plan) => new OutputComparison(plan));
  }

  add(original: FloatOutputs, pruned: FloatOutputs, { samples }: Batch): void {
    for (const output of this.outputs) {
      output.add(known(original, output.name), known(pruned, output.name), samples);
    }
  }

  get result(): OutputDrift[] {
    return this.outputs.map(({ result }) => result);
  }

  /** Of each metric by the output that fares worst. */
  get bySample(): BySample {
    const { result } = this;
    const found = comparedBySample.map((id) => {
      const worst = worstOutput(result, id);
      return [id, worst === undefined ? undefined : at(this.outputs, worst).bySample(id)] as const;
    });
    return Object.fromEntries(found.filter(([, values]) => values !== undefined));
  }
}

const comparedBySample = [
  'relativeL2',
  'klDivergence',
  'top1Agreement',
  'sequenceAgreement',
] as const satisfies readonly SampledMetric[];
