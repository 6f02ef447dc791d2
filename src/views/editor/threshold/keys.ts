/** The handle by keyboard: where a key takes it. */
import type { HandleTrack } from './handleTrack';

/** Share of the axis' radius that an arrow moves. */
const step = 1 / 100;
const coarse = 10;
/** Sparsity that Page Up and Page Down add and take. */
const page = 0.1;

export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
}

/**
 * @param from where the handle is
 * @param sparsity there
 * @returns where the key takes it; undefined for keys that are not the handle's
 */
export function thresholdAfter(press: Press, track: HandleTrack, from: number, sparsity: number): number | undefined {
  switch (press.key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return stepped(track, from, press.shiftKey ? coarse : 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return stepped(track, from, press.shiftKey ? -coarse : -1);
    case 'PageUp':
      return track.distribution.thresholdFor(track.ranking, Math.min(1, sparsity + page));
    case 'PageDown':
      return track.distribution.thresholdFor(track.ranking, Math.max(0, sparsity - page));
    case 'Home':
      return track.floor;
    case 'End':
      return track.ceiling;
  }
}

/** Where bins are wider than a step, to the next one at least. */
function stepped(track: HandleTrack, from: number, steps: number): number {
  const { floor, ceiling, axis } = track;
  const size = steps * step * axis.high;
  for (let reach = 1; reach <= 8; reach *= 2) {
    const to = Math.min(ceiling, Math.max(floor, from + size * reach));
    const snapped = to === floor ? floor : track.snap(to);
    if (snapped !== from) return snapped;
  }
  return from;
}
