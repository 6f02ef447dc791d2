/** Layers whose loss one class pays for, read off a sensitivity that was measured. */
import { formatPercent, formatQuantity } from '../../lib/numbers';
import type { Mark, MarkCode } from '../../pruning/marks/marks';
import type { InputSummary, Sensitivity } from '../../state/evaluation';
import { type ClassFigure, classFigures } from '../../state/metrics';

/** What a class loses where a layer alone is pruned. */
export interface ClassLoss {
  readonly sparsity: number;
  readonly figures: readonly ClassFigure[];
}

/** Fewer inputs lost may be chance. */
const leastLost = 3;
/** Of all that are lost, this share is of the one class; and it loses half of what it had. */
const mostOfAll = 0.75;
const half = 0.5;

export function lostOf({ before, after }: ClassFigure): number {
  return before - after;
}

/** By class, at each sparsity of the ladder. */
export function lossesOf({ cells }: Sensitivity['curves'][number], { labels, baseline }: InputSummary): ClassLoss[] {
  const before = baseline.bySample?.accuracy;
  return cells.flatMap(({ sparsity, evaluation }) => {
    const after = evaluation.bySample?.accuracy;
    return labels && before && after ? [{ sparsity, figures: classFigures(labels, before, after) }] : [];
  });
}

/** The class that one layer is needed by, at the mildest sparsity where that shows. */
export function oneClassOf(
  losses: readonly ClassLoss[],
): { sparsity: number; worst: ClassFigure; lost: number } | undefined {
  for (const { sparsity, figures } of losses) {
    const lost = figures.reduce((sum, figure) => sum + Math.max(0, lostOf(figure)), 0);
    const [worst] = [...figures].sort((a, b) => lostOf(b) - lostOf(a));
    if (!worst || figures.length < 3 || lostOf(worst) < leastLost) continue;
    if (lostOf(worst) >= mostOfAll * lost && lostOf(worst) >= half * worst.before) return { sparsity, worst, lost };
  }
  return undefined;
}

export function oneClassMarks(
  sensitivity: Sensitivity | null,
  inputs: InputSummary | null,
): readonly (Mark & { readonly code: MarkCode })[] {
  if (!sensitivity || !inputs?.labels) return [];
  return sensitivity.curves.flatMap((curve) => {
    const found = oneClassOf(lossesOf(curve, inputs));
    if (!found) return [];
    const { sparsity, worst, lost } = found;
    const text = `pruned alone to ${formatPercent(sparsity, 0)}, costs class ${classText(worst.label, inputs)} ${lostOf(worst)} of the ${formatQuantity(lost, 'input')} that are lost: ${worst.after} of ${worst.before} are left right.`;
    return [{ code: 'one-class' as const, tensor: curve.tensor, name: curve.name, text }];
  });
}

/** Its name, where folders gave one. */
export function classText(label: number, { classNames }: Pick<InputSummary, 'classNames'>): string {
  return classNames?.[label] ?? String(label);
}
