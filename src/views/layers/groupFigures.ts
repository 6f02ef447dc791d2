/** What a group's row says of its tensors together. */
import type { Outcome } from '../../pruning/resolution';
import { isOfWeights, rankingOf } from '../../pruning/score';
import type { Layer } from '../../state/checkpointSlice';
import type { ModuleNode } from '../../tensors/moduleTree';
import type { TensorId } from '../../tensors/tensor';
import type { Figures } from './figures';
import type { LayerRow } from './rows';
import type { Group } from './shownRows';

type Outcomes = ReadonlyMap<TensorId, Outcome>;

/** The tensors of rows that own their weights: each weight once. */
export function ownersOf(members: readonly LayerRow[]): Layer[] {
  return members.flatMap(({ layer, owner }) => (layer === owner ? [layer] : []));
}

export function parametersOf(members: readonly LayerRow[]): number {
  return ownersOf(members).reduce((sum, { numel }) => sum + numel, 0);
}

export interface GroupFigures extends Omit<Figures, 'chip' | 'meaning'> {
  /** Weights that are in. */
  readonly weights: number;
}

/** A threshold only where all that are in have the same. */
export function groupFigures(members: readonly LayerRow[], outcomes: Outcomes): GroupFigures {
  let [weights, zeros, exact, count] = [0, 0, true, 0];
  let first: Outcome['placement'];
  let isShared = true;
  for (const { layer, owner } of members) {
    const outcome = layer === owner ? outcomes.get(layer.id) : undefined;
    if (!outcome) continue;
    weights += layer.numel;
    zeros += outcome.zeros;
    exact &&= outcome.exact;
    if (count++ === 0) first = outcome.placement;
    isShared &&=
      outcome.placement?.threshold === first?.threshold &&
      outcome.placement?.score.criterion === first?.score.criterion;
  }
  const shared = isShared ? first : undefined;
  return {
    included: count > 0,
    weights,
    zeros,
    exact,
    threshold: shared?.threshold,
    ranking: shared && isOfWeights(shared.score) ? rankingOf(shared.score) : undefined,
  };
}

export interface Sorting {
  readonly id: string;
  readonly desc: boolean;
}

/**
 * Orders tensors and groups beside each other: by their sums where there are sums, else a group stands where its first
 * tensor would.
 * @param ranks of the tensors in the order of the column
 */
export function siblingOrder(
  { id, desc }: Sorting,
  ranks: ReadonlyMap<TensorId, number>,
  rowOf: ReadonlyMap<TensorId, LayerRow>,
  groups: ReadonlyMap<string, Group>,
  outcomes: Outcomes,
): (a: ModuleNode, b: ModuleNode) => number {
  const figure = (members: readonly LayerRow[]): number => {
    if (id === 'parameters') return (desc ? -1 : 1) * parametersOf(members);
    if (id === 'sparsity') {
      const { weights, zeros = 0 } = groupFigures(members, outcomes);
      return weights === 0 ? Number.MAX_VALUE : (desc ? -1 : 1) * (zeros / weights);
    }
    return members.reduce(
      (least, { layer }) => Math.min(least, ranks.get(layer.id) ?? Number.MAX_VALUE),
      Number.MAX_VALUE,
    );
  };
  const figures = new Map<ModuleNode, number>();
  const figureOf = (node: ModuleNode) => {
    const kept = figures.get(node);
    if (kept !== undefined) return kept;
    const row = node.kind === 'leaf' ? rowOf.get(node.index) : undefined;
    const made = figure(node.kind === 'group' ? (groups.get(node.key)?.members ?? []) : row ? [row] : []);
    figures.set(node, made);
    return made;
  };
  return (a, b) => figureOf(a) - figureOf(b);
}
