/** The order in which layers are shown. It is only that: ranking, and ties at a threshold, keep the order of the file. */
import type { TensorId } from './tensor';

/** What knows it: a checkpoint. */
export interface Ordered {
  /** All tensors as the graph uses them, one after the other. Absent where there is no graph. */
  readonly networkOrder?: readonly TensorId[];
}

/** What the order is called. */
export function orderName({ networkOrder }: Ordered): 'network order' | 'file order' {
  return networkOrder ? 'network order' : 'file order';
}

/**
 * @param items in the order of the file
 * @returns in network order, or as they are where that is not known
 */
export function inNetworkOrder<Item>(
  items: readonly Item[],
  { networkOrder }: Ordered,
  idOf: (item: Item) => TensorId,
): readonly Item[] {
  if (!networkOrder) return items;
  const positions = new Map(networkOrder.map((id, position) => [id, position]));
  const positionOf = (item: Item) => positions.get(idOf(item)) ?? positions.size;
  return items.toSorted((a, b) => positionOf(a) - positionOf(b));
}
