import type { Layer } from '../../../state/studio';
import { isMeasured, ownerOf } from '../editScope';
import { HandleStrip } from './HandleStrip';
import { HeatMap } from './HeatMap';
import classes from './HeatMap.module.css';

/** The shown layer as a picture, with the handle below it; or why there is none. */
export function HeatMapCard({ layer, layers }: { readonly layer: Layer; readonly layers: readonly Layer[] }) {
  const owner = ownerOf(layer, layers);
  if (!isMeasured(owner) || owner.numel === 0) return <p className={classes.reason}>{whyNone(owner)}</p>;
  return (
    <section aria-label="Heat map" className={classes.card}>
      <HeatMap key={`${owner.id} ${owner.name} ${owner.shape} ${JSON.stringify(owner.axes)}`} layer={owner} />
      <HandleStrip layers={layers} />
    </section>
  );
}

function whyNone({ numel, reason }: Layer): string {
  if (numel === 0) return 'There is nothing to draw: this tensor has no elements.';
  return `Its values cannot be drawn: ${reason ?? 'they were not measured'}.`;
}
