/** From a resolved outcome to the kernel that applies it: the one place that knows the kinds of masks there are. */
import type { Applier, Kernels } from '../kernels/kernels';
import type { Outcome } from '../pruning/resolution';
import type { Unit } from './units';

/** Undefined where nothing of the tensor goes. The applier takes elements in storage order. */
export function applierFor(kernels: Kernels, unit: Unit, outcome: Outcome | undefined): Applier | undefined {
  const placement = outcome?.placement;
  return placement && kernels.applyThreshold(unit.dtype, placement);
}
