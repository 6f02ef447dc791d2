/** The layers that are in, in network order, and what share of each is zero before and after. */
import { formatPercent } from '../../../lib/numbers';
import type { Outcome } from '../../../pruning/resolution';
import type { Layer } from '../../../state/checkpointSlice';
import type { TensorId } from '../../../tensors/tensor';

export interface SparsityBar {
  /** Among the bars. */
  readonly position: number;
  readonly id: TensorId;
  readonly name: string;
  /** Shares of the layer's weights, 0 to 1. */
  readonly before: number;
  readonly after: number;
}

export function sparsityBars(layers: readonly Layer[], outcomes: ReadonlyMap<TensorId, Outcome>): SparsityBar[] {
  const bars: SparsityBar[] = [];
  for (const { id, name, statistics } of layers) {
    const outcome = outcomes.get(id);
    if (!outcome || !statistics || statistics.count === 0) continue;
    const { count } = statistics;
    bars.push({ position: bars.length, id, name, before: statistics.zeros / count, after: outcome.zeros / count });
  }
  return bars;
}

/** Share of all weights of the bars that is zero after: layers count by their size. */
export function overallSparsity(layers: readonly Layer[], outcomes: ReadonlyMap<TensorId, Outcome>): number {
  let weights = 0;
  let zeros = 0;
  for (const { id, statistics } of layers) {
    const outcome = outcomes.get(id);
    if (!outcome || !statistics) continue;
    weights += statistics.count;
    zeros += outcome.zeros;
  }
  return weights === 0 ? 0 : zeros / weights;
}

/** The chart in a sentence, for those who do not see it. */
export function summaryOf(bars: readonly SparsityBar[], overall: number): string {
  if (bars.length === 0) return 'Sparsity by layer: no layer is switched in.';
  const sorted = [...bars].sort((a, b) => a.after - b.after);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  return (
    `Sparsity of ${bars.length} layers in network order, ${formatPercent(overall)} overall: ` +
    `from ${formatPercent(least.after)} in ${least.name} to ${formatPercent(most.after)} in ${most.name}. ` +
    'The Layers table holds the same figures.'
  );
}
