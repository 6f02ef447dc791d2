import type { ReactNode } from 'react';
import type { Layer } from '../../../state/checkpointSlice';
import { isMeasured } from '../../../state/reach';
import { ownerOf } from '../../../tensors/owners';
import classes from '../../charts/heatMap/WeightMap.module.css';
import { WeightMap } from './WeightMap';

interface WeightMapCardProps {
  readonly layer: Layer;
  readonly layers: readonly Layer[];
  /** Below the maps: the handle, where it is this layer's alone. */
  readonly children: ReactNode;
}

/** The shown layer as a picture, or why there is none. */
export function WeightMapCard({ layer, layers, children }: WeightMapCardProps) {
  const owner = ownerOf(layer, layers);
  if (!isMeasured(owner) || owner.numel === 0) return <p className={classes.reason}>{whyNone(owner)}</p>;
  return (
    <section aria-label="Heat map" className={classes.card}>
      <WeightMap key={`${owner.id} ${owner.name} ${owner.shape} ${JSON.stringify(owner.axes)}`} layer={owner} />
      {children}
    </section>
  );
}

function whyNone({ numel, reason }: Layer): string {
  if (numel === 0) return 'There is nothing to draw: this tensor has no elements.';
  return `Its values cannot be drawn: ${reason ?? 'they were not measured'}.`;
}
