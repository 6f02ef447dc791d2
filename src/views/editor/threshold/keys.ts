/** The handle by keyboard: where a key takes it, in shares of what is ranked. */

/** Tenths of a point of sparsity that a key adds: figures on the screen have as many digits. */
const steps: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 100,
  PageDown: -100,
};
const tenthsOfAll = 1000;
/** With Shift an arrow moves a whole point. */
const coarse = 10;

export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
}

/** Where the handle is, counted in scores. */
export interface Place {
  readonly gone: number;
  /** Gone whatever the handle does: zeros, where magnitudes are ranked. */
  readonly least: number;
  /** All but what is never pruned. */
  readonly most: number;
  readonly all: number;
}

/** An end of the axis, or exact shares to try in order until one of them moves the handle. */
export type KeyTarget = 'floor' | 'ceiling' | readonly number[];

/** @returns undefined for keys that are not the handle's */
export function targetOf({ key, shiftKey }: Press, place: Place): KeyTarget | undefined {
  if (key === 'Home') return 'floor';
  if (key === 'End') return 'ceiling';
  const step = steps[key];
  if (step === undefined) return undefined;
  const tenths = shiftKey && Math.abs(step) === 1 ? step * coarse : step;
  const shares = sharesAfter(place, tenths);
  return tenths < 0 && (shares[0] ?? 0) * place.all <= place.least ? 'floor' : shares;
}

/**
 * The figure shown and so many tenths of a point; where there are too few scores for that to take one, one score more or
 * less. Where each of several layers rounds its own count, only more than that may move one.
 */
function sharesAfter({ gone, most, all }: Place, tenths: number): number[] {
  if (all === 0 || (tenths > 0 && gone >= most)) return [];
  const shown = Math.round((gone / all) * tenthsOfAll);
  const further = (times: number) => within((shown + times * tenths) / tenthsOfAll);
  return [further(1), within((gone + Math.sign(tenths)) / all), ...[2, 4, 8, 16].map(further)];
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
