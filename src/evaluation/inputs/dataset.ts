/** What the model runs on: samples along the first axis of each input, in batches that fit the graph. */
import { CheckpointError } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { labelOf } from '../../tensors/dtype';
import type { Dimension, GraphValue } from '../protocol';
import { converted, isNumeric, joinedRows, type NamedValues, rowsOf, type Values } from '../values';
import { shapeInWords } from './axes';

export interface Batch {
  readonly feeds: NamedValues;
  /** Samples that count: a graph of fixed batch size is fed some twice at the end. */
  readonly samples: number;
  /** One per sample. */
  readonly labels?: Int32Array;
  /** The one sequence of the batch, for perplexity. */
  readonly tokens?: Int32Array;
}

export interface Dataset {
  readonly title: string;
  readonly samples: number;
  readonly batches: readonly Batch[];
  readonly labelled: boolean;
  readonly classNames?: readonly string[];
  readonly remarks: readonly string[];
}

/** One a sample, in their order; undefined where not every batch has them. */
export function labelsOf(batches: readonly Batch[]): Int32Array | undefined {
  if (!batches.every(({ labels }) => labels)) return undefined;
  return Int32Array.from(batches.flatMap(({ labels }) => [...(labels ?? [])]));
}

/** Whether the graph takes any number of samples at once. */
export function isOpen(inputs: readonly GraphValue[]): boolean {
  return inputs.every(({ shape }) => typeof shape?.[0] === 'string');
}

/** Samples run at once where the graph leaves it open: enough to keep ONNX Runtime busy, few enough to cancel soon. */
const maxBatchSamples = 64;
const maxBatchBytes = 32 * 2 ** 20;

/**
 * Cuts whole arrays into batches.
 * @param arrays one per input of the graph, checked by `fitToInput`
 * @param labels one per sample
 */
export function batchesOf(
  inputs: readonly GraphValue[],
  arrays: NamedValues,
  labels: Int32Array | undefined,
): { samples: number; batches: Batch[] } {
  const batched = inputs.filter(({ shape }) => shape === undefined || shape.length > 0);
  const rows = new Set(batched.map(({ name }) => at(known(arrays, name).shape, 0)));
  const [samples = 1] = rows;
  if (rows.size > 1) {
    // Inputs of unlike first axes (a batch beside a threshold): all in one run.
    return { samples: 1, batches: [{ feeds: arrays, samples: 1 }] };
  }
  const fixed = batched.map(({ shape }) => shape?.[0]).find((size) => typeof size === 'number');
  const bytes = batched.reduce((sum, { name }) => sum + known(arrays, name).bytes.length, 0);
  const open = Math.max(1, Math.min(maxBatchSamples, Math.floor(maxBatchBytes / (bytes / Math.max(1, samples)))));
  const size = fixed ?? Math.min(samples, open);
  const batches: Batch[] = [];
  for (let start = 0; start < samples; start += size) {
    const count = Math.min(size, samples - start);
    const feeds = new Map<string, Values>();
    for (const [name, values] of arrays) {
      const isBatched = batched.some((input) => input.name === name);
      feeds.set(name, isBatched ? rowsOf(values, start, fixed ?? count) : values);
    }
    batches.push({ feeds, samples: count, ...(labels && { labels: labels.subarray(start, start + count) }) });
  }
  return { samples, batches };
}

/** Sets of samples one after the other: neighbours of one shape are run together, others each for themselves. */
export class Batcher {
  private readonly inputs: readonly GraphValue[];
  private readonly fixed: number | undefined;
  private readonly batches: Batch[] = [];
  private pending: { readonly arrays: NamedValues; readonly labels: Int32Array | undefined }[] = [];
  private rows = 0;
  private bytes = 0;
  private samples = 0;

  constructor(inputs: readonly GraphValue[]) {
    this.inputs = inputs.filter(({ shape }) => shape === undefined || shape.length > 0);
    this.fixed = this.inputs.map(({ shape }) => shape?.[0]).find((size) => typeof size === 'number');
  }

  /** @param arrays one per input of the graph, checked by `fitToInput` */
  add(arrays: NamedValues, labels?: Int32Array): void {
    const [first] = this.pending;
    if (first && !goTogether(first.arrays, arrays, this.inputs)) this.flush();
    this.pending.push({ arrays, labels });
    this.rows += rowCount(arrays, this.inputs) ?? 1;
    this.bytes += [...arrays.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    const isFull = this.rows >= (this.fixed ?? maxBatchSamples) || this.bytes >= maxBatchBytes;
    if (isFull && this.rows % (this.fixed ?? 1) === 0) this.flush();
  }

  finish(): { samples: number; batches: Batch[] } {
    this.flush();
    return { samples: this.samples, batches: this.batches };
  }

  private flush(): void {
    const { pending } = this;
    this.pending = [];
    this.rows = 0;
    this.bytes = 0;
    const [first] = pending;
    if (!first) return;
    const arrays = new Map(first.arrays);
    if (pending.length > 1) {
      for (const { name } of this.inputs) arrays.set(name, joinedRows(pending.map((each) => known(each.arrays, name))));
    }
    const labels = first.labels && Int32Array.from(pending.flatMap((each) => [...(each.labels ?? [])]));
    const { samples, batches } = batchesOf(this.inputs, arrays, labels);
    this.samples += samples;
    this.batches.push(...batches);
  }
}

/** Undefined where inputs differ in their first axes. */
function rowCount(arrays: NamedValues, inputs: readonly GraphValue[]): number | undefined {
  const rows = new Set(inputs.map(({ name }) => at(known(arrays, name).shape, 0)));
  return rows.size === 1 ? [...rows][0] : undefined;
}

function goTogether(a: NamedValues, b: NamedValues, inputs: readonly GraphValue[]): boolean {
  if (rowCount(a, inputs) === undefined || rowCount(b, inputs) === undefined) return false;
  return [...a].every(([name, { shape, bytes }]) => {
    const other = known(b, name);
    if (shape.length === 0) return bytes.every((byte, i) => byte === other.bytes[i]);
    return shape.length === other.shape.length && shape.every((size, axis) => axis === 0 || size === other.shape[axis]);
  });
}

/**
 * The array in the input's dtype and rank.
 * @throws CheckpointError `evaluation-failed` where its shape is not the input's
 */
export function fitToInput(values: Values, input: GraphValue, what: string, remarks: string[]): Values {
  const shape = shapeFor(values.shape, input);
  if (!shape) {
    throw new CheckpointError(
      'evaluation-failed',
      `${what} has the shape ${sizesOf(values.shape)}, but the model's input ${input.name} takes ${shapeInWords(input)}.`,
    );
  }
  const fitted = { ...values, shape };
  if (fitted.dtype === input.dtype) return fitted;
  if (!isNumeric(input.dtype) || !isNumeric(fitted.dtype)) {
    throw new CheckpointError(
      'evaluation-failed',
      `The model's input ${input.name} takes elements of type ${labelOf(input.dtype)}, which Secateur cannot give it.`,
    );
  }
  remarks.push(`${what} was converted from ${labelOf(values.dtype)} to ${labelOf(input.dtype)}.`);
  return converted(fitted, input.dtype);
}

/** The shape that an array has as the input, which may want an axis of one sample, or of one channel; undefined where it does not fit. */
export function shapeFor(own: readonly number[], { shape = own }: GraphValue): readonly number[] | undefined {
  const fits = (sizes: readonly number[]) =>
    sizes.length === shape.length &&
    shape.every((size, axis) => axis === 0 || typeof size === 'string' || size === sizes[axis]);
  const channel = shape.indexOf(1, 1);
  const ways = [own, [1, ...own], ...(channel > 0 ? [[...own.slice(0, channel), 1, ...own.slice(channel)]] : [])];
  return ways.find(fits);
}

export function sizesOf(shape: readonly Dimension[]): string {
  return shape.length === 0 ? 'a single number' : shape.map((size) => (size === '' ? '?' : size)).join('×');
}

/**
 * The first samples in smaller batches, for runs that keep every layer's output. Graphs of fixed batch size are run as
 * they are.
 */
export function smallBatches(
  inputs: readonly GraphValue[],
  { batches }: Dataset,
  size: number,
  maxSamples: number,
): Batch[] {
  const isCut = isOpen(inputs);
  const small: Batch[] = [];
  let samples = 0;
  for (const batch of batches) {
    const step = isCut ? Math.min(size, batch.samples) : batch.samples;
    for (let start = 0; start < batch.samples && samples < maxSamples; start += step) {
      const count = Math.min(step, batch.samples - start);
      const feeds = [...batch.feeds].map(([name, values]): [string, Values] => [
        name,
        isCut ? rowsOf(values, start, count) : values,
      ]);
      small.push({ feeds: new Map(feeds), samples: count });
      samples += count;
    }
  }
  return small;
}
