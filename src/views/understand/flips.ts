/** Inputs that the pruned model gives another class than the original. */
import type { Evaluation, InputSummary } from '../../state/evaluation';

export interface Flip {
  /** In the order of figures by sample. */
  readonly place: number;
  readonly label: number;
  /** The class that the original chose, and the one that is chosen now. */
  readonly before: number;
  readonly after: number;
  /** It was right and is wrong now, or the other way round. */
  readonly isBroken: boolean;
  readonly isMended: boolean;
}

/** Broken ones first, then those that were mended, then the others. */
export function flipsOf({ chosen }: Evaluation, { labels, baseline }: InputSummary): Flip[] {
  const before = baseline.chosen;
  if (!chosen || !before || !labels) return [];
  const flips = [...chosen].flatMap((after, place): Flip[] => {
    const [was, label] = [before[place], labels[place]];
    if (was === undefined || label === undefined || was === after) return [];
    return [{ place, label, before: was, after, isBroken: was === label, isMended: after === label }];
  });
  const rank = ({ isBroken, isMended }: Flip) => (isBroken ? 0 : isMended ? 1 : 2);
  return flips.sort((a, b) => rank(a) - rank(b) || a.label - b.label || a.place - b.place);
}
