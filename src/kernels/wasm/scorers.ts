/** Scores of elements. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { numbersOf } from '../../tensors/numbers';
import { randomKeys } from '../../tensors/random';
import type { Scoring } from '../kernels';
import { WasmEraser } from './eraser';
import type { KernelInstance } from './instance';
import { bytesOfNumbers } from './numbers';

/** As the interface's, and synchronous. */
interface WasmScorer {
  score(bytes: Uint8Array, index: number): Uint8Array;
}

export function wasmScorer(instance: KernelInstance, dtype: PrunableDtype, scoring: Scoring): WasmScorer {
  switch (scoring.kind) {
    case 'random':
      return new RandomScorer(instance, dtype, scoring.seed, scoring.stream);
    case 'increase':
      return {
        score: (bytes, index) => increase(dtype, bytes, scoring.reference(index, bytes.length / byteWidthOf(dtype))),
      };
    case 'product':
      return { score: (bytes, index) => product(dtype, bytes, index, scoring.factors, scoring.stride) };
  }
}

class RandomScorer implements WasmScorer {
  private readonly instance: KernelInstance;
  private readonly width: number;
  private readonly elements: WasmEraser;
  private readonly seed: number;
  private readonly stream: number;
  private scores = new Uint8Array(0);

  constructor(instance: KernelInstance, dtype: PrunableDtype, seed: number, stream: number) {
    this.instance = instance;
    this.width = byteWidthOf(dtype);
    this.elements = new WasmEraser(instance, dtype);
    this.seed = seed;
    this.stream = stream;
  }

  score(bytes: Uint8Array, index: number): Uint8Array {
    const { instance, width } = this;
    const count = bytes.length / width;
    if (this.scores.length < count * 4) this.scores = new Uint8Array(count * 4);
    for (let start = 0; start < count; ) {
      const at = index + start;
      // The keys hold for 2^32 indices.
      const end = Math.min(count, start + instance.capacity(width, 4), start + 2 ** 32 - (at % 2 ** 32));
      const { first, second } = randomKeys(this.seed, this.stream, at);
      this.elements.take(bytes.subarray(start * width, end * width));
      instance.run.randomScores(end - start, first, second, at % 2 ** 32);
      this.scores.set(instance.scores.subarray(0, (end - start) * 4), start * 4);
      start = end;
    }
    return this.scores.subarray(0, count * 4);
  }
}

function increase(dtype: PrunableDtype, bytes: Uint8Array, reference: Uint8Array): Uint8Array {
  const now = numbersOf(dtype, bytes);
  const then = numbersOf(dtype, reference);
  const scores = dtype === 'F64' ? new Float64Array(now.length) : new Float32Array(now.length);
  for (let i = 0; i < scores.length; i++) {
    const magnitude = Math.abs(now[i]!);
    // The product is NaN for what is not finite.
    scores[i] = magnitude - Math.abs(then[i]!) + magnitude * 0;
  }
  return bytesOfNumbers(dtype, scores);
}

function product(
  dtype: PrunableDtype,
  bytes: Uint8Array,
  index: number,
  factors: Float32Array,
  stride: number,
): Uint8Array {
  const weights = numbersOf(dtype, bytes);
  const scores = new Float32Array(weights.length);
  let factor = Math.floor(index / stride) % factors.length;
  let into = index % stride;
  for (let i = 0; i < weights.length; i++) {
    const magnitude = Math.abs(weights[i]!);
    scores[i] = Math.fround(magnitude) * factors[factor]! + magnitude * 0;
    if (++into < stride) continue;
    into = 0;
    if (++factor === factors.length) factor = 0;
  }
  return bytesOfNumbers('F32', scores);
}
