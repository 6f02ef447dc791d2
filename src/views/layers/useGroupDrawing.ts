import { useEffect, useState } from 'react';
import { at } from '../../lib/known';
import type { Sparkline } from '../../pruning/histogram';
import { ownersOf } from './groupFigures';
import { governed } from './inclusion';
import type { LayerRow } from './rows';
import { type Drawing, mergedDrawing, sparklineOf } from './sparklineDrawing';

/** Milliseconds of a task: a group may hold a thousand tensors, and scrolling goes on beside it. */
const taskTime = 8;

const drawings = new WeakMap<readonly LayerRow[], { readonly drawing: Drawing | undefined }>();

/** The distribution of tensors together: there a moment after their row is. */
export function useGroupDrawing(members: readonly LayerRow[]): Drawing | undefined {
  const [, setDrawn] = useState(members);
  const known = drawings.get(members);
  useEffect(() => {
    if (drawings.has(members)) return;
    // Not the norms around 1 beside weights around 0: the weights would be a line.
    const layers = governed(ownersOf(members));
    const shapes: Sparkline[] = [];
    let next = 0;
    const step = () => {
      const until = performance.now() + taskTime;
      while (next < layers.length && performance.now() < until) {
        const shape = sparklineOf(at(layers, next++));
        if (shape) shapes.push(shape);
      }
      if (next < layers.length) {
        timer = setTimeout(step);
        return;
      }
      drawings.set(members, { drawing: mergedDrawing(shapes) });
      setDrawn([]);
    };
    let timer = setTimeout(step);
    return () => clearTimeout(timer);
  }, [members]);
  return known?.drawing;
}
