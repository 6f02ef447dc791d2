/** What is in, and what share of it is zero before and after. */
import { at, last } from '../../../lib/known';
import { formatPercent } from '../../../lib/numbers';
import { isDecided, type Outcome } from '../../../pruning/resolution';
import type { Layer } from '../../../state/checkpointSlice';
import type { TensorId } from '../../../tensors/tensor';
import type { BarUnit } from './barUnits';

export interface SparsityBar {
  /** Among the bars. */
  readonly position: number;
  readonly name: string;
  /** Of its layers that are in. */
  readonly ids: readonly TensorId[];
  /** Shares of their weights, 0 to 1. */
  readonly before: number;
  readonly after: number;
}

/** @param layers of the checkpoint: an id is an index */
export function sparsityBars(
  units: readonly BarUnit[],
  layers: readonly Layer[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
): SparsityBar[] {
  const bars: SparsityBar[] = [];
  for (const { name, ids } of units) {
    const isIn = ids.filter((id) => isDecided(outcomes, id) && (at(layers, id).statistics?.count ?? 0) > 0);
    if (isIn.length === 0) continue;
    const { weights, before, after } = sumsOf(isIn, layers, outcomes);
    bars.push({ position: bars.length, name, ids: isIn, before: before / weights, after: after / weights });
  }
  return bars;
}

/** The same bars, by other outcomes of what is in. */
export function followed(
  bars: readonly SparsityBar[],
  layers: readonly Layer[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
): SparsityBar[] {
  return bars.map((bar) => {
    const { weights, after } = sumsOf(bar.ids, layers, outcomes);
    return { ...bar, after: after / weights };
  });
}

/** Share of all weights of the bars that is zero after: layers count by their size. */
export function overallSparsity(
  bars: readonly SparsityBar[],
  layers: readonly Layer[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
): number {
  let [weights, zeros] = [0, 0];
  for (const { ids } of bars) {
    const sums = sumsOf(ids, layers, outcomes);
    weights += sums.weights;
    zeros += sums.after;
  }
  return weights === 0 ? 0 : zeros / weights;
}

function sumsOf(ids: readonly TensorId[], layers: readonly Layer[], outcomes: ReadonlyMap<TensorId, Outcome>) {
  let [weights, before, after] = [0, 0, 0];
  for (const id of ids) {
    const { statistics } = at(layers, id);
    if (!statistics) continue;
    weights += statistics.count;
    before += statistics.zeros;
    after += outcomes.get(id)?.zeros ?? statistics.zeros;
  }
  return { weights, before, after };
}

/** The chart in a sentence, for those who do not see it. @param order what the order of the bars is called */
export function summaryOf(bars: readonly SparsityBar[], overall: number, order: string): string {
  if (bars.length === 0) return 'Sparsity by layer: no layer is switched in.';
  const sorted = [...bars].sort((a, b) => a.after - b.after);
  const [least, most] = [at(sorted, 0), last(sorted)];
  const grouped = bars.some(({ ids }) => ids.length > 1);
  return (
    `Sparsity of ${bars.length} ${grouped ? 'modules and layers' : 'layers'} in ${order}, ${formatPercent(overall)} overall: ` +
    `from ${formatPercent(least.after)} in ${least.name} to ${formatPercent(most.after)} in ${most.name}. ` +
    'The Layers table holds the same figures.'
  );
}
