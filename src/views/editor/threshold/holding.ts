/** A pointer that holds the handle: from where it is to the weight it means. */
import type { Ranking } from '../../../pruning/ranking';
import { type Axis, clampToAxis, pixelOf, weightAt } from '../../charts/histogram/domain';

/** Shift moves the handle by this share of the pointer's way. */
const fineShare = 0.1;

/** Within this many pixels of zero, the side that is held shows only when the pointer moves. */
const undecided = 4;

export interface Holding {
  readonly axis: Axis;
  readonly ranking: Ranking;
  /** Client x of the axis' left edge, read once: the page does not move under a drag. */
  readonly left: number;
  /** Client x where the pointer was last. */
  readonly pointer: number;
  /** Pixels from the left edge where the handle is, with Shift's slowness taken off. */
  readonly x: number;
  /** Which side of zero is held: the handle or its mirror image. 0 while it is not decided. */
  readonly side: -1 | 0 | 1;
}

/**
 * @param grip pixels from the pointer to the handle: kept, so that nothing jumps when the handle itself is pressed
 */
export function hold(axis: Axis, ranking: Ranking, left: number, pointer: number, grip: number): Holding {
  const x = pointer - left + grip;
  const zero = pixelOf(axis, 0);
  const side = Math.abs(x - zero) <= undecided ? 0 : x < zero ? -1 : 1;
  return { axis, ranking, left, pointer, x, side };
}

export function move(holding: Holding, pointer: number, fine: boolean): Holding {
  const x = holding.x + (pointer - holding.pointer) * (fine ? fineShare : 1);
  const side = holding.side || (Math.sign(weightAt(holding.axis, x)) as -1 | 0 | 1);
  return { ...holding, pointer, x, side };
}

/** The threshold that is meant, before it snaps; a magnitude stops at 0 instead of coming back on the other side. */
export function heldThreshold({ axis, ranking, x, side }: Holding): number {
  // A logarithmic axis has no zero: its end stands for it.
  if (axis.isLog && x <= 0) return 0;
  const weight = clampToAxis(axis, weightAt(axis, x));
  return ranking === 'signed' ? weight : Math.max(0, weight * (side || 1));
}
