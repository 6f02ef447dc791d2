/** Factors that belong to indices along an axis, spread over the elements. */

/** A period of so many elements is spread once and kept: up to 1 MiB. */
const maxKept = 2 ** 18;

export class SpreadFactors {
  private readonly factors: Float32Array;
  private readonly stride: number;
  /** Elements after which the factors are the same again. */
  private readonly period: number;
  private readonly kept: Float32Array | undefined;

  /** @param stride of the axis, in elements @param most elements asked for at once */
  constructor(factors: Float32Array, stride: number, most: number) {
    this.factors = factors;
    this.stride = stride;
    this.period = factors.length * stride;
    if (this.period <= maxKept) this.kept = this.spread(0, this.period + most);
  }

  /** @param index of the first element @returns a factor for each, only to be read */
  of(index: number, count: number): Float32Array {
    const start = index % this.period;
    return this.kept?.subarray(start, start + count) ?? this.spread(start, count);
  }

  private spread(start: number, count: number): Float32Array {
    const { factors, stride } = this;
    const spread = new Float32Array(count);
    let factor = Math.floor(start / stride);
    let into = start % stride;
    for (let i = 0; i < count; i++) {
      spread[i] = factors[factor]!;
      if (++into < stride) continue;
      into = 0;
      if (++factor === factors.length) factor = 0;
    }
    return spread;
  }
}
