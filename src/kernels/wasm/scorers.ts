/** Scores of elements through the module (assembly/scorers.ts). */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { randomKeys } from '../../tensors/random';
import type { Scorer, Scoring } from '../kernels';
import type { KernelInstance } from './instance';
import { SpreadFactors } from './spreadFactors';

/** Scores the elements `start` to `end` of a chunk, which lie in the block. */
type ScoreBlock = (start: number, end: number) => void;

export function wasmScorer(instance: KernelInstance, dtype: PrunableDtype, scoring: Scoring): WasmScorer {
  switch (scoring.kind) {
    case 'random':
      return new WasmScorer(instance, dtype, 'F32', randomly(instance, dtype, scoring.seed, scoring.stream));
    case 'increase':
      return new WasmScorer(instance, dtype, dtype, byIncrease(instance, dtype, scoring.reference));
    case 'product':
      return new WasmScorer(instance, dtype, 'F32', byProduct(instance, dtype, scoring.factors, scoring.stride));
  }
}

class WasmScorer implements Scorer {
  private readonly instance: KernelInstance;
  private readonly width: number;
  private readonly scoreWidth: number;
  /** Starts on so many elements from `index` on. */
  private readonly start: (index: number, count: number) => ScoreBlock;
  private scores = new Uint8Array(0);

  constructor(
    instance: KernelInstance,
    dtype: PrunableDtype,
    scoreDtype: PrunableDtype,
    start: (index: number, count: number) => ScoreBlock,
  ) {
    this.instance = instance;
    this.width = byteWidthOf(dtype);
    this.scoreWidth = byteWidthOf(scoreDtype);
    this.start = start;
  }

  score(bytes: Uint8Array, index: number): Uint8Array {
    const { instance, width, scoreWidth } = this;
    const count = bytes.length / width;
    if (this.scores.length < count * scoreWidth) this.scores = new Uint8Array(count * scoreWidth);
    const capacity = instance.capacity(width, scoreWidth);
    const scoreBlock = this.start(index, count);
    for (let start = 0; start < count; start += capacity) {
      const end = Math.min(count, start + capacity);
      instance.block.set(bytes.subarray(start * width, end * width));
      scoreBlock(start, end);
      this.scores.set(instance.scores.subarray(0, (end - start) * scoreWidth), start * scoreWidth);
    }
    return this.scores.subarray(0, count * scoreWidth);
  }
}

function randomly({ run }: KernelInstance, dtype: PrunableDtype, seed: number, stream: number) {
  return (index: number): ScoreBlock =>
    (start, end) => {
      for (let from = start; from < end; ) {
        const at = index + from;
        // The keys hold for 2^32 indices.
        const to = Math.min(end, from + 2 ** 32 - (at % 2 ** 32));
        const { first, second } = randomKeys(seed, stream, at);
        run[`random${dtype}`](from - start, to - start, first, second, at % 2 ** 32);
        from = to;
      }
    };
}

function byIncrease(
  { run, scores }: KernelInstance,
  dtype: PrunableDtype,
  referenceAt: (index: number, elements: number) => Uint8Array,
) {
  const width = byteWidthOf(dtype);
  return (index: number, count: number): ScoreBlock => {
    const reference = referenceAt(index, count);
    return (start, end) => {
      scores.set(reference.subarray(start * width, end * width));
      run[`increase${dtype}`](end - start);
    };
  };
}

function byProduct(instance: KernelInstance, dtype: PrunableDtype, factors: Float32Array, stride: number) {
  const { run, scores } = instance;
  const spread = new SpreadFactors(factors, stride, instance.capacity(byteWidthOf(dtype), 4));
  const floats = new Float32Array(scores.buffer, scores.byteOffset, scores.length / 4);
  return (index: number): ScoreBlock =>
    (start, end) => {
      floats.set(spread.of(index + start, end - start));
      run[`product${dtype}`](end - start);
    };
}
