/**
 * How sure figures are that were measured on a sample of what the model will see: intervals of 95 %, and changes between
 * models that ran on the same inputs, compared input by input.
 */
import { at } from '../lib/known';
import type { SampledMetric } from './metrics/bySample';

/** Standard errors to either side of the mean: 95 % of a normal distribution. */
const deviations = 1.959964;

/** A difference of two means over the same samples. */
export interface Change {
  /** Mean after, less mean before. */
  readonly mean: number;
  /** Half of the interval of 95 %. */
  readonly plusMinus: number;
  readonly standardError: number;
  readonly samples: number;
  /** Of shares: samples that counted before and do not after, and the other way round. */
  readonly lost: number;
  readonly won: number;
}

/**
 * Half of the interval of 95 % around a mean. Of shares (each sample 0 or 1) Wilson's score interval (1927), which is no point
 * where all are right; of other numbers by their standard deviation.
 */
export function plusMinusOf(values: Float32Array): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  const mean = meanOf(values);
  if (isShare(values)) {
    const squared = deviations ** 2;
    return (deviations * Math.sqrt((mean * (1 - mean)) / n + squared / (4 * n * n))) / (1 + squared / n);
  }
  return deviations * standardErrorOf(values, mean);
}

/**
 * Paired: samples on which both agree add nothing to the error. Of shares the interval is Agresti and Min's (2005): half a
 * sample is added to each of the four cells, so that no interval is a point where nothing differs.
 * @param before one value a sample @param after of the same samples
 */
export function changeBetween(before: Float32Array, after: Float32Array): Change {
  const samples = after.length;
  const differences = after.map((value, i) => value - at(before, i));
  const mean = meanOf(differences);
  if (!isShare(before) || !isShare(after)) {
    const standardError = standardErrorOf(differences, mean);
    return { mean, plusMinus: deviations * standardError, standardError, samples, lost: 0, won: 0 };
  }
  const lost = differences.filter((difference) => difference < 0).length;
  const won = differences.filter((difference) => difference > 0).length;
  const [b, c, n] = [lost + 0.5, won + 0.5, samples + 2];
  return {
    mean,
    plusMinus: (deviations * Math.sqrt(b + c - (b - c) ** 2 / n)) / n,
    standardError: Math.sqrt(Math.max(0, lost + won - (lost - won) ** 2 / samples)) / samples,
    samples,
    lost,
    won,
  };
}

/** Whether the change is one at all, as far as its samples can tell. */
export function isSignificant({ mean, plusMinus }: Change): boolean {
  return Math.abs(mean) > plusMinus;
}

/** The mean, and its ±, as the metric reads: relative L2 is the root of its mean. */
export function metricOfMean(id: SampledMetric, mean: number): number {
  return id === 'relativeL2' ? Math.sqrt(Math.max(0, mean)) : mean;
}

/** @param mean of samples @param plusMinus of that mean */
export function metricPlusMinus(id: SampledMetric, mean: number, plusMinus: number): number {
  return (metricOfMean(id, mean + plusMinus) - metricOfMean(id, mean - plusMinus)) / 2;
}

export function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function standardErrorOf(values: Float32Array, mean: number): number {
  const n = values.length;
  if (n < 2) return Number.POSITIVE_INFINITY;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n);
}

function isShare(values: Float32Array): boolean {
  return values.every((value) => value === 0 || value === 1);
}
