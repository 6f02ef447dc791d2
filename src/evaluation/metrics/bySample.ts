/** Figures sample by sample: what tells how sure a mean over them is. */

/** Metrics that are a mean over samples, or a function of one. */
export const sampledMetrics = [
  'accuracy',
  'top5',
  'sequenceAgreement',
  'top1Agreement',
  'klDivergence',
  'relativeL2',
] as const;

export type SampledMetric = (typeof sampledMetrics)[number];

/**
 * A number for each sample, in the order of the inputs. Their mean is the metric; of relative L2 its square. Absent where
 * outputs cannot be told apart by sample.
 */
export type BySample = { readonly [Id in SampledMetric]?: Float32Array };

/** What each sample adds to a quotient of two sums. */
export class SampleParts {
  private readonly parts: number[] = [];
  private whole = 0;
  private isApart = true;

  /** @param part of the one sample @param whole what it adds to the divisor */
  add(part: number, whole: number): void {
    this.parts.push(part);
    this.whole += whole;
  }

  /** A batch came whose samples cannot be told apart. */
  giveUp(): void {
    this.isApart = false;
  }

  /** Scaled so that their mean is the quotient. */
  get values(): Float32Array | undefined {
    const { parts, whole } = this;
    if (!this.isApart || parts.length === 0) return undefined;
    return Float32Array.from(parts, (part) => (part === 0 ? 0 : (part * parts.length) / whole));
  }
}
