import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { formatPercent } from '../../../lib/numbers';
import { repairedOutcome } from '../../../pruning/repair';
import type { PictureView } from '../../../state/pictureSlice';
import type { MeasuredLayer } from '../../../state/reach';
import { repairInForce } from '../../../state/repairState';
import { studio, useStudio } from '../../../state/store';
import { Legend } from '../../charts/heatMap/Legend';
import { MapPane, type Pointed } from '../../charts/heatMap/MapPane';
import { describePicture, pictureShape, sizeOf } from '../../charts/heatMap/pictureWords';
import { robustMaximum } from '../../charts/heatMap/robustMaximum';
import { useZoomKeys } from '../../charts/heatMap/useZoomKeys';
import { type PictureSize, regionOf, type Viewport, wholeElements, wholeOf } from '../../charts/heatMap/viewport';
import classes from '../../charts/heatMap/WeightMap.module.css';
import { ZoomButtons } from '../../charts/heatMap/ZoomButtons';
import { TakeMenu } from '../../charts/take/TakeMenu';

/** Pixels that a map is high; where it may be in between, its elements are square. */
const heights = { oneRow: 40, least: 140, most: 300 };

/** Weights and mask of a tensor side by side, as large as the screen resolves them. Follows a drag. */
export function WeightMap({ layer }: { readonly layer: MeasuredLayer }) {
  const shape = useMemo(() => pictureShape(layer), [layer]);
  const size = useMemo(() => sizeOf(shape), [shape]);
  const [viewport, setViewport] = useState<Viewport>(() => wholeOf(size));
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const { ref, width } = useElementSize();
  const card = useRef<HTMLDivElement>(null);
  const height = heightOf(size, width);
  const region = useMemo(() => regionOf(viewport, size), [viewport, size]);

  const pruned = useStudio((state) => state.resolution.outcomes.get(layer.id));
  const repair = useStudio((state) => repairInForce(state.repair));
  const repaired = useMemo(() => repair?.tensors.find(({ tensor }) => tensor === layer.id), [repair, layer.id]);
  const outcome = useMemo(
    () => (repair && repaired ? repairedOutcome(pruned, repaired, repair) : pruned),
    [pruned, repair, repaired],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: repaired weights are another view
  const view = useMemo<PictureView | undefined>(() => {
    if (width === 0) return undefined;
    const pixels = (length: number) => Math.round(length * window.devicePixelRatio);
    const { id: tensor, axes } = layer;
    const cells = { rows: pixels(height), columns: pixels(width), region: wholeElements(region) };
    return { tensor, ...(axes && { axes }), ...cells };
  }, [layer, width, height, region, repaired]);
  const isHeld = useStudio((state) => state.resolution !== state.settled);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a picture may have waited for the handle to be let go
  useEffect(() => {
    if (view) studio.getState().drawPicture(view, outcome);
  }, [view, outcome, isHeld]);

  const held = useStudio((state) => state.picture);
  const picture = held?.view.tensor === layer.id ? held : undefined;
  const error = useStudio((state) => state.pictureError);
  const isBehind = useStudio((state) => state.isBehind);
  const isDrawing = useStudio((state) => state.isDrawing);
  const drawnView = picture?.view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another mask changes nothing of the weights
  const weights = useMemo(() => picture, [drawnView]);
  const strongest = useMemo(() => (weights ? robustMaximum(weights.cells.magnitudes) : 0), [weights]);
  const keptShare = 1 - (outcome?.pruned ?? 0) / layer.numel;
  const descriptions = describePicture(layer, shape, keptShare);
  const pane = { strongest, shape, size, region, viewport, setViewport, height, pointed, setPointed };
  const press = useZoomKeys(size, setViewport);
  return (
    <>
      <div className={classes.tools} ref={card}>
        <h3 className={classes.of}>
          <bdi dir="ltr" title={layer.name}>
            {layer.name}
          </bdi>
        </h3>
        <TakeMenu title={`Heat map of ${layer.name}`} picture={() => card.current?.closest('section') ?? null} />
        <ZoomButtons viewport={viewport} size={size} setViewport={setViewport} />
      </div>
      {error && (
        <p role="alert" className={classes.error}>
          {error.message} {error.context.advice}
          {view && (
            <Button size="compact-xs" onClick={() => studio.getState().drawPicture(view, outcome)}>
              Try again
            </Button>
          )}
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a group of pictures that keys move, not of fields */}
      <div
        className={classes.maps}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move what it shows
        tabIndex={0}
        aria-label="Maps: plus and minus zoom, arrows move, 0 shows all"
        aria-busy={isDrawing}
        onKeyDown={press}
      >
        <MapPane
          {...pane}
          picture={weights}
          kind="weights"
          title="Weights"
          label={descriptions.weights}
          measure={ref}
        />
        <MapPane
          {...pane}
          picture={picture}
          isBehind={isBehind}
          kind="mask"
          title={`Mask: ${formatPercent(keptShare)} kept`}
          label={descriptions.mask}
        />
      </div>
      <Legend strongest={strongest} />
    </>
  );
}

function heightOf({ height, width }: PictureSize, pixels: number): number {
  if (height === 1) return heights.oneRow;
  return Math.round(Math.min(heights.most, Math.max(heights.least, (pixels * height) / width)));
}
