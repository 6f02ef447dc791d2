/** How far the weights of one tensor are from those of another. */

export interface Difference {
  readonly weights: number;
  readonly zerosBefore: number;
  readonly zerosAfter: number;
  /** Elements with another value; NaN is the same as NaN, and +0 as −0. */
  readonly changed: number;
  /** ‖Δ‖ / ‖w‖, over elements that are finite in both. 0 where nothing changed; infinite where all were zero. */
  readonly relative: number;
  /** The largest |Δ|. */
  readonly most: number;
  /** Of the two as vectors: 1 where they point the same way. Absent where one of them is zero. */
  readonly cosine?: number;
}

/** Sums in f64, whatever the dtypes are. */
export class DifferenceSums {
  private weights = 0;
  private zerosBefore = 0;
  private zerosAfter = 0;
  private changed = 0;
  private most = 0;
  private ofDelta = 0;
  private ofBefore = 0;
  private ofAfter = 0;
  private product = 0;

  /** @param before as many as `after` */
  add(before: ArrayLike<number>, after: ArrayLike<number>): void {
    let [zerosBefore, zerosAfter, changed, most] = [0, 0, 0, this.most];
    let [ofDelta, ofBefore, ofAfter, product] = [0, 0, 0, 0];
    for (let i = 0; i < before.length; i++) {
      const x = before[i]!;
      const y = after[i]!;
      if (x === 0) zerosBefore++;
      if (y === 0) zerosAfter++;
      const delta = y - x;
      // What is not finite in one of the two would make all sums so.
      if (delta - delta !== 0) {
        if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) changed++;
        continue;
      }
      if (delta !== 0) {
        changed++;
        ofDelta += delta * delta;
        const size = delta < 0 ? -delta : delta;
        if (size > most) most = size;
      }
      ofBefore += x * x;
      ofAfter += y * y;
      product += x * y;
    }
    this.weights += before.length;
    this.zerosBefore += zerosBefore;
    this.zerosAfter += zerosAfter;
    this.changed += changed;
    this.most = most;
    this.ofDelta += ofDelta;
    this.ofBefore += ofBefore;
    this.ofAfter += ofAfter;
    this.product += product;
  }

  get difference(): Difference {
    const { weights, zerosBefore, zerosAfter, changed, most, ofDelta, ofBefore, ofAfter, product } = this;
    const relative = ofDelta === 0 ? 0 : Math.sqrt(ofDelta / ofBefore);
    const lengths = Math.sqrt(ofBefore) * Math.sqrt(ofAfter);
    const cosine = lengths === 0 ? {} : { cosine: Math.max(-1, Math.min(1, product / lengths)) };
    return { weights, zerosBefore, zerosAfter, changed, relative, most, ...cosine };
  }
}
