/** Classes that pruning took from the model. */
import type { Evaluation, InputSummary } from '../../state/evaluation';
import { type ClassFigure, classFigures, isLost } from '../../state/metrics';

/** By class; none where inputs have no labels, or none that count. */
export function figuresByClass({ bySample }: Evaluation, { labels, baseline }: InputSummary): readonly ClassFigure[] {
  const [before, after] = [baseline.bySample?.accuracy, bySample?.accuracy];
  return labels && before && after ? classFigures(labels, before, after) : [];
}

/** Asked for at every change of the store. */
const known = new WeakMap<Evaluation, readonly number[]>();

/** Their numbers. @param inputs that the evaluation is of */
export function lostClasses(evaluation: Evaluation, inputs: InputSummary): readonly number[] {
  const before = known.get(evaluation);
  if (before) return before;
  const lost = figuresByClass(evaluation, inputs)
    .filter(isLost)
    .map(({ label }) => label);
  known.set(evaluation, lost);
  return lost;
}
