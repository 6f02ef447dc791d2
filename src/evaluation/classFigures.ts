/** Which classes the pruned model still knows. An accuracy that holds may hide one that is gone. */
import { at } from '../lib/known';

export interface ClassFigure {
  /** Its number. */
  readonly label: number;
  readonly samples: number;
  /** Samples that the unpruned model is right on, and the pruned one. */
  readonly before: number;
  readonly after: number;
}

/** Fewer right ones of a class may go by chance. */
const leastBefore = 3;
/** What is left of a class that is lost: hardly any. */
const mostLeft = 0.1;

/** By their numbers. @param before of each sample 1 where the unpruned model is right, else 0 @param after of the pruned one, of all samples or the first */
export function classFigures(labels: Int32Array, before: Float32Array, after: Float32Array): readonly ClassFigure[] {
  const byLabel = new Map<number, ClassFigure>();
  after.forEach((right, i) => {
    const label = at(labels, i);
    const sums = byLabel.get(label) ?? { label, samples: 0, before: 0, after: 0 };
    byLabel.set(label, {
      label,
      samples: sums.samples + 1,
      before: sums.before + at(before, i),
      after: sums.after + right,
    });
  });
  return [...byLabel.values()].sort((a, b) => a.label - b.label);
}

/** That the original knew, and of which hardly any is recognised now. */
export function isLost({ before, after }: ClassFigure): boolean {
  return before >= leastBefore && after <= mostLeft * before;
}
