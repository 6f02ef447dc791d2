/** Round sparsities that the handle is drawn to while it is dragged, and their marks. */

/** A threshold that prunes a round share of the weights, and where it is on the axis. */
export interface SnapPoint {
  readonly sparsity: number;
  readonly threshold: number;
  /** In pixels from the left. */
  readonly x: number;
}

/** In the order in which they get a mark where there is no room for all. */
export const roundSparsities: readonly number[] = [0.5, 0.9, 0.75, 0.25, 0.1];

/** Within so many pixels a point is stood on; up to three times as many the handle catches up. */
const standing = 3;
const catchingUp = 3;

export interface Drawn {
  /** In pixels from the left. */
  readonly x: number;
  /** Absent: on none. */
  readonly point?: SnapPoint;
}

/**
 * Where a handle held at `x` is drawn to: a point that is near, or a little ahead of it. Nothing beside a point is left
 * out, and points share the room between them.
 *
 * @param points ascending in x
 * @param origin pixel where nothing is pruned
 */
export function drawnTo(x: number, points: readonly SnapPoint[], origin: number): Drawn {
  for (const [i, point] of points.entries()) {
    const before = point.x - (points[i - 1]?.x ?? origin);
    const after = (points[i + 1]?.x ?? Number.POSITIVE_INFINITY) - point.x;
    const outer = Math.min(standing * catchingUp, Math.min(before, after) / 2);
    const inner = outer / catchingUp;
    const away = x - point.x;
    if (Math.abs(away) <= inner) return { x: point.x, point };
    if (Math.abs(away) < outer) {
      return { x: point.x + (Math.sign(away) * (Math.abs(away) - inner) * outer) / (outer - inner) };
    }
  }
  return { x };
}

/** Room a mark takes: enough for a finger that aims, and for its text. In pixels. */
export const markWidth = 42;

/** A mark beside others, no further from its point than it has to be. */
export interface SnapMark {
  readonly point: SnapPoint;
  /** Of its middle. */
  readonly x: number;
}

/** Marks of the points side by side, in their order; where there is no room for all, of the most asked for. */
export function marksOf(points: readonly SnapPoint[], axisWidth: number): SnapMark[] {
  const room = Math.max(0, Math.floor(axisWidth / markWidth));
  const asked = roundSparsities.filter((sparsity) => points.some((point) => point.sparsity === sparsity));
  const marked = points.filter(({ sparsity }) => asked.slice(0, room).includes(sparsity));
  const last = axisWidth - markWidth * (marked.length - 0.5);
  // As if each took no room: then equal places are a row of marks that touch.
  const places = ascending(marked.map(({ x }, i) => x - i * markWidth));
  return marked.map((point, i) => {
    const place = Math.min(last, Math.max(markWidth / 2, places[i] ?? 0));
    return { point, x: place + i * markWidth };
  });
}

/** The ascending sequence nearest to the values: those in the wrong order become their mean. */
function ascending(values: readonly number[]): number[] {
  const groups: { mean: number; size: number }[] = [];
  for (const value of values) {
    let group = { mean: value, size: 1 };
    for (let before = groups.at(-1); before && before.mean > group.mean; before = groups.at(-1)) {
      groups.pop();
      const size = before.size + group.size;
      group = { mean: (before.mean * before.size + group.mean * group.size) / size, size };
    }
    groups.push(group);
  }
  return groups.flatMap(({ mean, size }) => Array<number>(size).fill(mean));
}
