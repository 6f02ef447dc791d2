/** Mean and variance of many blocks, merged as Chan, Golub and LeVeque do ("Updating Formulae", 1979). */
export class Moments {
  count = 0;
  private runningMean = 0;
  /** Sum of squared deviations from the mean. */
  private deviations = 0;

  /** Near the mean of the next block, if blocks are alike; 0 before the first. */
  get shift(): number {
    return Number.isFinite(this.runningMean) ? this.runningMean : 0;
  }

  /** NaN for no values. */
  get mean(): number {
    return this.count === 0 ? Number.NaN : this.runningMean;
  }

  /** Unbiased, as torch.std; NaN for fewer than two values. */
  get std(): number {
    return this.count < 2 ? Number.NaN : Math.sqrt(this.deviations / (this.count - 1));
  }

  /** Adds a block of `count` values. @param sum of value - shift @param squares of their squares */
  add(count: number, shift: number, sum: number, squares: number): void {
    if (count === 0) return;
    const total = this.count + count;
    const distance = shift + sum / count - this.runningMean;
    this.runningMean += distance * (count / total);
    const within = squares - (sum * sum) / count;
    // NaN is infinity less infinity: squares of doubles beyond 1e154 overflow, here as in torch.std.
    this.deviations += Number.isNaN(within) ? Number.POSITIVE_INFINITY : Math.max(0, within);
    this.deviations += distance * distance * ((this.count * count) / total);
    this.count = total;
  }
}
