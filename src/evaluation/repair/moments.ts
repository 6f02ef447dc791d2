/** What a fit needs to know of its samples, whatever their number: H = XᵀX and B = XᵀY, in f64. */
import type { Products } from './products';

/** Rows are multiplied together: enough that the product is worth its call. */
const chunkFloats = 2 ** 21;
/** Below this many inputs the call costs more than the product. */
const leastProduct = 40;

/** Of one group of a layer. The last input is 1 for every row, where there is a bias. */
export class Moments {
  /** With that of the bias. */
  readonly inputs: number;
  readonly outputs: number;
  readonly h: Float64Array;
  readonly b: Float64Array;
  /** Σ y². */
  energy = 0;
  /** Rows that count: those of numbers only. */
  rows = 0;
  /** From the first row until they are multiplied: fresh memory costs more than what is done with it here. */
  private waiting: { readonly x: Float32Array; readonly y: Float32Array; readonly capacity: number } | undefined;
  private readonly most: number;
  private filled = 0;

  /** @param groups that share the memory for rows */
  constructor(inputs: number, outputs: number, groups: number) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.h = new Float64Array(inputs * inputs);
    this.b = new Float64Array(inputs * outputs);
    const together = Math.max(64, Math.ceil(chunkFloats / groups / (inputs + outputs)));
    this.most = inputs < leastProduct ? 64 : together;
  }

  static bytesOf(inputs: number, outputs: number): number {
    return (inputs * inputs + inputs * outputs) * Float64Array.BYTES_PER_ELEMENT;
  }

  /**
   * @param all rows that will come to this, about
   * @param read writes a row's inputs and outputs to these places
   */
  async add(
    count: number,
    all: number,
    read: (row: number, x: Float32Array, xStart: number, y: Float32Array, yStart: number) => void,
    products: Products,
  ): Promise<void> {
    this.waiting ??= this.memoryFor(Math.min(all, this.most));
    const { x, y, capacity } = this.waiting;
    for (let row = 0; row < count; row++) {
      const [xStart, yStart] = [this.filled * this.inputs, this.filled * this.outputs];
      read(row, x, xStart, y, yStart);
      // One number that is none would be in every moment.
      if (!areFinite(x, xStart, this.inputs) || !areFinite(y, yStart, this.outputs)) continue;
      this.filled++;
      if (this.filled === capacity) await this.multiply(products);
    }
  }

  private memoryFor(capacity: number) {
    return { x: new Float32Array(capacity * this.inputs), y: new Float32Array(capacity * this.outputs), capacity };
  }

  /** After the last row. */
  async flush(products: Products): Promise<void> {
    await this.multiply(products);
    this.waiting = undefined;
  }

  private async multiply(products: Products): Promise<void> {
    const { filled: rows, inputs, outputs, waiting } = this;
    if (rows === 0 || !waiting) return;
    const [x, y] = [waiting.x.subarray(0, rows * inputs), waiting.y.subarray(0, rows * outputs)];
    let energy = 0;
    for (let i = 0; i < y.length; i++) energy += y[i]! * y[i]!;
    this.energy += energy;
    if (inputs < leastProduct) this.addHere(x, y);
    else {
      const { h, b } = await products.momentsOf(rows, x, inputs, y, outputs);
      addTo(this.h, h);
      addTo(this.b, b);
    }
    this.rows += rows;
    this.filled = 0;
  }

  private addHere(x: Float32Array, y: Float32Array): void {
    const { inputs, outputs, h, b } = this;
    for (let from = 0, yFrom = 0; from < x.length; from += inputs, yFrom += outputs) {
      for (let i = 0; i < inputs; i++) {
        const value = x[from + i]!;
        if (value === 0) continue;
        for (let j = 0; j <= i; j++) h[i * inputs + j]! += value * x[from + j]!;
        for (let j = 0; j < outputs; j++) b[i * outputs + j]! += value * y[yFrom + j]!;
      }
    }
    for (let i = 0; i < inputs; i++) for (let j = i + 1; j < inputs; j++) h[i * inputs + j] = h[j * inputs + i]!;
  }
}

function addTo(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
}

function areFinite(values: Float32Array, start: number, count: number): boolean {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += values[i]!;
  return Number.isFinite(sum);
}
