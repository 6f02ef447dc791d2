/** The mean cosine of vectors that lie side by side or strided in two arrays. In f64. */

export class CosineSums {
  private cosines = 0;
  private vectors = 0;

  /** @param vectors how long each is, and how far its elements are apart */
  add(before: Float32Array, after: Float32Array, { size, stride }: { size: number; stride: number }): void {
    const block = size * stride;
    for (let start = 0; start + block <= before.length; start += block) {
      for (let offset = start; offset < start + stride; offset++) {
        let product = 0;
        let squares = 0;
        let others = 0;
        for (let i = offset; i < start + block; i += stride) {
          const a = before[i]!;
          const b = after[i]!;
          product += a * b;
          squares += a * a;
          others += b * b;
        }
        // Where nothing came and nothing left, nothing was changed.
        if (squares === 0 || others === 0) this.cosines += squares === others ? 1 : 0;
        else this.cosines += product / Math.sqrt(squares * others);
        this.vectors++;
      }
    }
  }

  /** Undefined where there was none. */
  get mean(): number | undefined {
    return this.vectors === 0 ? undefined : this.cosines / this.vectors;
  }
}
