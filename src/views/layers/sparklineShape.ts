/** Geometry of a sparkline: a distribution over [-radius, radius], and the part of its width that is pruned. */
import { at } from '../../lib/known';
import type { Sparkline } from '../../pruning/histogram';
import type { Ranking } from '../../pruning/ranking';

/** Height of the drawing, in its own units; a unit of width is the step between two densities. */
export const sparklineHeight = 22;

/** Closed path under the densities, the highest at the top. */
export function sparklinePath(densities: ArrayLike<number>): string {
  let highest = 0;
  for (let i = 0; i < densities.length; i++) highest = Math.max(highest, at(densities, i));
  let path = `M0 ${sparklineHeight}`;
  for (let i = 0; i < densities.length; i++) {
    const share = highest > 0 ? at(densities, i) / highest : 0;
    path += `L${i} ${((1 - share) * (sparklineHeight - 2) + 2).toFixed(1)}`;
  }
  return `${path}L${densities.length - 1} ${sparklineHeight}Z`;
}

/** Pruned part of the width, as fractions from the left: `[from, to]`, empty where they are equal. */
export function prunedSpan(ranking: Ranking, threshold: number, radius: number): [from: number, to: number] {
  const share = radius > 0 ? Math.min(1, Math.max(-1, threshold / radius)) : Math.sign(threshold);
  if (ranking === 'signed') return [0, (1 + share) / 2];
  return share <= 0 ? [0.5, 0.5] : [(1 - share) / 2, (1 + share) / 2];
}

/** Of the weights of several distributions, those whose own radii the common one is at least as wide as. */
const mergedShare = 0.9;

/** Densities of several distributions as of one, over a radius that hardly any of their weights are beyond. */
export function mergedDensities(shapes: readonly Sparkline[], points: number): Sparkline {
  const radius = mergedRadius(shapes);
  const densities = new Float32Array(points);
  for (const shape of shapes) {
    if (shape.radius === 0) continue;
    const scale = radius / shape.radius;
    const middle = (shape.densities.length - 1) / 2;
    for (let i = 0; i < points; i++) {
      // The same value, as a place among the densities of this one.
      const place = middle + ((i / (points - 1)) * 2 - 1) * middle * scale;
      if (place < 0 || place > shape.densities.length - 1) continue;
      const low = Math.floor(place);
      const high = Math.min(low + 1, shape.densities.length - 1);
      const share = place - low;
      densities[i] =
        at(densities, i) + scale * (at(shape.densities, low) * (1 - share) + at(shape.densities, high) * share);
    }
  }
  return { densities, radius };
}

function mergedRadius(shapes: readonly Sparkline[]): number {
  const sorted = shapes
    .map(({ radius, densities }) => ({ radius, weights: densities.reduce((sum, density) => sum + density, 0) }))
    .sort((a, b) => a.radius - b.radius);
  const all = sorted.reduce((sum, { weights }) => sum + weights, 0);
  let sum = 0;
  for (const { radius, weights } of sorted) {
    sum += weights;
    if (sum >= mergedShare * all) return radius;
  }
  return 0;
}
