/** Groups that lie across outputs and inputs. */
import { plainAxesOf } from '../../tensors/axes';
import { type Refusal, type Shaped, severalAxes, unknownAxes } from '../refusal';
import type { ScoredGroups } from '../score';

/**
 * Rectangles of so many outputs by so many inputs, by their L1 norm. Copies of a layer have groups of their own.
 * @param kind of the granularity
 */
export function rectanglesIn(
  kind: string,
  tensor: Shaped,
  [outputs, inputs]: readonly [number, number],
): ScoredGroups | Refusal {
  const plain = plainAxesOf(tensor);
  if (!plain) return unknownAxes(tensor) ?? severalAxes;
  const copies = (tensor.axes?.copies ?? []).map((axis) => ({ axis, size: 1 }));
  const axes = [...copies, { axis: plain.outputs, size: outputs }, { axis: plain.inputs, size: inputs }];
  return { kind, axes, norm: 1 };
}
