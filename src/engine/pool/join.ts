/** Joins what was found in parts, in the order of elements, so that rounding is the same whoever measured what. */

import { mergeRefined, mergeStatistics } from '../../kernels/merge';
import { at } from '../../lib/known';
import type { RefinedBin, TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';
import type { RefinedBins } from '../passes/refine';

/** @param found by part, in file order. @returns integers and extremes of one pass; mean and std but for rounding */
export function joinStatistics(
  found: readonly ReadonlyMap<TensorId, TensorStatistics>[],
): Map<TensorId, TensorStatistics> {
  return joined(found, mergeStatistics);
}

/** @param found by part, in file order */
export function joinBins(found: readonly RefinedBins[]): RefinedBins {
  const merged = (a: readonly RefinedBin[], b: readonly RefinedBin[]) => a.map((bin, i) => mergeRefined(bin, at(b, i)));
  return joined(found, merged);
}

function joined<Value>(
  found: readonly ReadonlyMap<TensorId, Value>[],
  merge: (a: Value, b: Value) => Value,
): Map<TensorId, Value> {
  const all = new Map<TensorId, Value>();
  for (const ofPart of found) {
    for (const [tensor, value] of ofPart) {
      const before = all.get(tensor);
      all.set(tensor, before === undefined ? value : merge(before, value));
    }
  }
  return all;
}
