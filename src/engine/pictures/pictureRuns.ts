/** What a picture shows of a tensor, as runs of elements in storage: all that has to be read for it. */
import { axesOfPicture, type PicturePlan, type PictureSide } from '../../kernels/picture';
import type { ElementRun } from '../reading/streamRuns';

/**
 * In ascending order.
 * @param leastGap elements between two runs that are worth a second run
 */
export function runsShown(plan: PicturePlan, leastGap: number): ElementRun[] {
  let block: ElementRun = { start: 0, end: 1 };
  /** Axes whose indices are far apart: a run for each of them. The slowest last. */
  const apart: { first: number; last: number; stride: number }[] = [];
  for (const { size, stride, down, across } of axesOfPicture(plan)) {
    const [side, step] = down > 0 ? [plan.rows, down] : [plan.columns, across];
    const { first, last } = indicesShown(side, step, size);
    const gap = stride - (block.end - block.start);
    if (apart.length === 0 && (gap < leastGap || first === last)) {
      block = { start: block.start + first * stride, end: block.end + last * stride };
    } else apart.push({ first, last, stride });
  }
  return apart.reduceRight<ElementRun[]>(
    (runs, { first, last, stride }) =>
      runs.flatMap(({ start, end }) =>
        Array.from({ length: last - first + 1 }, (_, i) => {
          const moved = (first + i) * stride;
          return { start: start + moved, end: end + moved };
        }),
      ),
    [block],
  );
}

/** The indices of an axis that the lines of a side reach. @param step lines from one index to the next */
function indicesShown({ start, end }: PictureSide, step: number, size: number): { first: number; last: number } {
  const all = { first: 0, last: size - 1 };
  const turn = step * size;
  // Where lines of two turns of the axis are shown it may be any index.
  if (Math.floor(start / turn) !== Math.floor((end - 1) / turn)) return all;
  return { first: Math.floor((start % turn) / step), last: Math.floor(((end - 1) % turn) / step) };
}

/** The parts of runs before and after a place. */
export function splitAt(runs: readonly ElementRun[], place: number): [ElementRun[], ElementRun[]] {
  const before = runs.map(({ start, end }) => ({ start, end: Math.min(end, place) }));
  const after = runs.map(({ start, end }) => ({ start: Math.max(start, place), end }));
  const isRun = ({ start, end }: ElementRun) => start < end;
  return [before.filter(isRun), after.filter(isRun)];
}
