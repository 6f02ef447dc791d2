/** Reshape: which axes before it the axes behind it are. */
import { at, found } from '../../lib/known';

/** An axis of a tensor somewhere on its way. */
export interface FlowAxis {
  /** Undefined where not known. */
  readonly size: number | undefined;
  /** The axes of the stored tensor that it counts, slowest first; none for one that was put in. Undefined where not known. */
  readonly from: readonly number[] | undefined;
}

/**
 * Axes keep their origin where they are split or merged along their bounds; those across a bound are of unknown origin.
 * @param axes before, of known sizes
 * @param sizes behind, of as many elements, and not of none
 */
export function regrouped(axes: readonly FlowAxis[], sizes: readonly number[]): FlowAxis[] {
  const regrouped: FlowAxis[] = [];
  let from = 0;
  let to = 0;
  while (from < axes.length || to < sizes.length) {
    const [before, behind] = [axes[from], sizes[to]];
    if (behind === 1) {
      // Ones stay what they are where they meet.
      if (before?.size === 1) from++;
      regrouped.push({ size: 1, from: before?.size === 1 ? before.from : [] });
      to++;
      continue;
    }
    if (before?.size === 1 || behind === undefined) {
      from++;
      continue;
    }
    const [fromEnd, toEnd] = groupEnd(axes, sizes, from, to);
    regrouped.push(...groupOf(axes.slice(from, fromEnd), sizes.slice(to, toEnd)));
    [from, to] = [fromEnd, toEnd];
  }
  return regrouped;
}

/** The first places behind `from` and `to` that as many elements lie before. */
function groupEnd(axes: readonly FlowAxis[], sizes: readonly number[], from: number, to: number): [number, number] {
  let fromEnd = from + 1;
  let toEnd = to + 1;
  let before = sizeOf(at(axes, from));
  let behind = at(sizes, to);
  while (before !== behind) {
    if (before < behind) before *= sizeOf(at(axes, fromEnd++));
    else behind *= at(sizes, toEnd++);
  }
  return [fromEnd, toEnd];
}

/** Axes that have as many elements together: each divides what it is a part of, or the origin of all is unknown. */
function groupOf(axes: readonly FlowAxis[], sizes: readonly number[]): FlowAxis[] {
  const long = axes.filter(({ size }) => size !== 1);
  const regrouped: FlowAxis[] = [];
  let place = 0;
  /** How much of the axis there is left. */
  let left = sizeOf(at(long, 0));
  for (const size of sizes) {
    let from: readonly number[] | undefined = [];
    for (let rest = size; rest > 1; ) {
      const own: readonly number[] | undefined = at(long, place).from;
      from = own && from && [...new Set([...from, ...own])];
      if (rest % left === 0) {
        rest /= left;
        place++;
        left = long[place]?.size ?? 1;
      } else if (left % rest === 0) {
        left /= rest;
        rest = 1;
      } else {
        return sizes.map((each) => ({ size: each, from: undefined }));
      }
    }
    regrouped.push({ size, from });
  }
  return regrouped;
}

function sizeOf({ size }: FlowAxis): number {
  return found(size, 'the size of an axis');
}
