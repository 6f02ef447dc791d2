/** Sparklines of tensors, and of several together, each drawn once. */
import { type Sparkline, sparkline } from '../../pruning/histogram';
import type { Layer } from '../../state/checkpointSlice';
import { isPrunableDtype } from '../../tensors/dtype';
import { mergedDensities, sparklinePath } from './sparklineShape';

/** Densities a sparkline is drawn from: as many as it has pixels. */
export const points = 64;

export interface Drawing {
  readonly path: string;
  /** Largest magnitude drawn. */
  readonly radius: number;
}

/** However often a row scrolls into view. */
const sparklines = new WeakMap<Layer, Sparkline>();
const drawings = new WeakMap<Sparkline, Drawing>();

/** Undefined where there is nothing to draw. */
export function sparklineOf(layer: Layer): Sparkline | undefined {
  const { statistics, dtype } = layer;
  if (!statistics || !isPrunableDtype(dtype)) return undefined;
  const known = sparklines.get(layer);
  if (known) return known;
  const made = sparkline(statistics, dtype, points);
  sparklines.set(layer, made);
  return made;
}

export function drawingOf(layer: Layer): Drawing | undefined {
  const shape = sparklineOf(layer);
  return shape && drawn(shape);
}

function drawn(shape: Sparkline): Drawing {
  const known = drawings.get(shape);
  if (known) return known;
  const drawing = { path: sparklinePath(shape.densities), radius: shape.radius };
  drawings.set(shape, drawing);
  return drawing;
}

/** Of several as if they were one. */
export function mergedDrawing(shapes: readonly Sparkline[]): Drawing | undefined {
  return shapes.length === 0 ? undefined : drawn(mergedDensities(shapes, points));
}
