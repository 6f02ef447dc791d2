/** What views need to know of lean checkpoints before one is written. */
import type { LeanChoice, LeanPlan } from '../engine/exports/leanPlan';
import { isNarrowed } from '../engine/exports/leanPlan';
import { at } from '../lib/known';
import { overflowsFrom } from '../tensors/narrowing';
import type { OpenedCheckpoint } from './checkpointSlice';

export { type LeanChoice, type LeanPlan, leanName, leanPlan } from '../engine/exports/leanPlan';

/** The largest weight that would be narrowed, and whose it is. */
export interface LargestWeight {
  readonly magnitude: number;
  readonly name: string;
  /** Tensors with weights that would become infinite. */
  readonly overflowing: number;
}

/** Undefined where nothing changes. */
export function largestNarrowed(
  { layers }: Pick<OpenedCheckpoint, 'layers'>,
  { entries }: LeanPlan,
  { precision }: LeanChoice,
): LargestWeight | undefined {
  let largest: LargestWeight | undefined;
  let overflowing = 0;
  for (const { tensor } of entries) {
    const { dtype, name, statistics } = at(layers, tensor);
    if (!precision || !isNarrowed(dtype, precision) || !statistics) continue;
    const magnitude = Math.max(Math.abs(statistics.min), Math.abs(statistics.max));
    if (Number.isNaN(magnitude)) continue;
    if (magnitude >= overflowsFrom[precision]) overflowing++;
    if (!largest || magnitude > largest.magnitude) largest = { magnitude, name, overflowing: 0 };
  }
  return largest && { ...largest, overflowing };
}
