/** Outputs of the pruned model held against those of the original, batch by batch. */
import { at, known, last } from '../lib/known';
import type { Batch } from './inputs/dataset';
import type { MetricRecord } from './metrics/metric';
import { allMetrics, type Figures } from './metrics/metrics';
import { blankOf, SequenceSums } from './metrics/sequences';
import { AccuracySums, areProbabilities, DriftSums, PerplexitySums, ScoreSums } from './metrics/sums';
import type { OutputDrift } from './protocol';
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

export class Comparison {
  private readonly outputs: readonly {
    plan: OutputPlan;
    drift: DriftSums;
    scores: ScoreSums | undefined;
    sequences: SequenceSums | undefined;
  }[];
  private readonly shapes = new Map<string, readonly number[]>();

  constructor({ outputs }: ComparisonPlan) {
    this.outputs = outputs.map((plan) => ({
      plan,
      drift: new DriftSums(),
      scores:
        plan.scores && new ScoreSums(plan.scores.classes, plan.scores.probabilities, plan.sequences !== undefined),
      sequences: plan.sequences && new SequenceSums(plan.sequences.classes, plan.sequences.blank),
    }));
  }

  /** Outputs whose size depends on their values (boxes above a threshold) are compared as far as both go. */
  add(original: FloatOutputs, pruned: FloatOutputs, { samples }: Batch): void {
    for (const { plan, drift, scores, sequences } of this.outputs) {
      const before = known(original, plan.name);
      const after = known(pruned, plan.name);
      const length = Math.min(before.floats.length, after.floats.length);
      const [a, b] = [before.floats.subarray(0, length), after.floats.subarray(0, length)];
      this.shapes.set(plan.name, withMoreRows(this.shapes.get(plan.name), after.shape, samples));
      drift.add(a, b);
      scores?.add(a, b);
      if (before.floats.length === after.floats.length) sequences?.add(a, b, before.shape[1] ?? 1);
    }
  }

  get result(): OutputDrift[] {
    return this.outputs.map(({ plan, drift, scores, sequences }) => ({
      name: plan.name,
      shape: this.shapes.get(plan.name) ?? [],
      ...(plan.scores && { classes: plan.scores.classes }),
      ...figuresOf({ drift, scores, sequences }),
    }));
  }
}
