/** Masks of a recipe over a checkpoint whose channels stand in another order: what each tensor's program becomes. */
import type { KeptAxis } from '../../tensors/graph/slimPlan';
import type { TensorId } from '../../tensors/tensor';
import { factsOf } from '../criteria/criteria';
import { type Mask, noRule, type Outcome, type ProgramCounts } from '../resolution';

export interface PermutedTensor {
  readonly tensor: TensorId;
  /** Indices in their new order. */
  readonly axes: readonly KeptAxis[];
}

type Outcomes = ReadonlyMap<TensorId, Outcome>;

/** Why masks of some tensor mean something else once its channels change places: one sentence, or nothing. */
export function whyNotPermuted(outcomes: Outcomes, tensors: readonly PermutedTensor[]): string | undefined {
  for (const { tensor } of tensors) {
    for (const mask of outcomes.get(tensor)?.program ?? []) {
      if (mask.kind === 'slices' || mask.kind === 'int8') continue;
      if (mask.kind === 'values')
        return 'Repaired weights belong to the order that they were fitted in: switch Repaired off, or repair the permuted file.';
      if (mask.kind === 'rows' || mask.kind === 'same')
        return 'Masks by rows, and those that copies take over, stay in the order of the file.';
      if (!factsOf(mask.score.criterion).isOfWeights)
        return 'Only scores that are the weights themselves go along: norms of inputs, references and draws are told in the order of the file.';
    }
  }
  return undefined;
}

/**
 * Programs that begin with the permuted weights, which the engine keeps under `id`, and go on with the recipe's masks.
 * @param counts zeros of the permuted weights alone
 * @returns counts of tensors with masks are those that they had, and not exact
 */
export function permutedOutcomes(
  outcomes: Outcomes,
  tensors: readonly PermutedTensor[],
  id: string,
  counts: ReadonlyMap<TensorId, ProgramCounts>,
): Map<TensorId, Outcome> {
  const permuted = new Map(outcomes);
  for (const { tensor, axes } of tensors) {
    if (!counts.has(tensor)) continue;
    const { rule = noRule, program = [] } = outcomes.get(tensor) ?? {};
    const own = counts.get(tensor) ?? { pruned: 0, zeros: 0 };
    const before = outcomes.get(tensor) ?? own;
    const masks = program.map((mask) => moved(mask, axes));
    permuted.set(tensor, {
      rule,
      program: [{ kind: 'values', repair: id }, ...masks],
      pruned: before.pruned,
      zeros: before.zeros,
      exact: masks.length === 0,
    });
  }
  return permuted;
}

/** Slices are named by their places. */
function moved(mask: Mask, axes: readonly KeptAxis[]): Mask {
  if (mask.kind !== 'slices') return mask;
  const cuts = mask.cuts.map(({ axis, indices }) => {
    const order = axes.find((each) => each.axis === axis)?.kept;
    return { axis, indices: order ? indices.map((index) => order.indexOf(index)).sort((a, b) => a - b) : indices };
  });
  return { kind: 'slices', cuts };
}
