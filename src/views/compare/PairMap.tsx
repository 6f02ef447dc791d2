import { SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useStudio } from '../../state/store';
import { Legend } from '../charts/heatMap/Legend';
import { MapPane, type Pointed } from '../charts/heatMap/MapPane';
import { pictureShape, sizeOf as sizeOfPicture } from '../charts/heatMap/pictureWords';
import { robustMaximum } from '../charts/heatMap/robustMaximum';
import { useZoomKeys } from '../charts/heatMap/useZoomKeys';
import { regionOf, type Viewport, wholeElements, wholeOf } from '../charts/heatMap/viewport';
import mapClasses from '../charts/heatMap/WeightMap.module.css';
import { ZoomButtons } from '../charts/heatMap/ZoomButtons';
import classes from './Compare.module.css';
import type { PairProps } from './PairHistogram';
import { type PairView, usePairPictures } from './usePair';

type Shown = 'sides' | 'over' | 'difference';

/** Pixels that a map is high. */
const heights = { oneRow: 40, least: 140, most: 320 };

/** Both as pictures beside each other, over each other with an edge that moves between them, or what differs. */
export function PairMap({ pair, original, files, isSwapped }: PairProps) {
  const [shown, setShown] = useState<Shown>('sides');
  const [edge, setEdge] = useState(50);
  const layers = useStudio((state) => state.checkpoint?.layers);
  const axes = original.before === undefined ? undefined : layers?.[original.before]?.axes;
  const layer = original.before === undefined ? undefined : layers?.[original.before];
  const shape = useMemo(
    () => pictureShape({ shape: original.shape, kind: layer?.kind ?? 'unknown', ...(axes && { axes }) }),
    [original, layer, axes],
  );
  const size = useMemo(() => sizeOfPicture(shape), [shape]);
  const [viewport, setViewport] = useState<Viewport>(() => wholeOf(size));
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const { ref, width } = useElementSize();
  const height =
    size.height === 1
      ? heights.oneRow
      : Math.round(Math.min(heights.most, Math.max(heights.least, (width * size.height) / size.width)));
  const region = useMemo(() => regionOf(viewport, size), [viewport, size]);
  const view = useMemo<PairView | undefined>(() => {
    if (width === 0) return undefined;
    const pixels = (length: number) => Math.round(length * window.devicePixelRatio);
    return { rows: pixels(height), columns: pixels(width), region: wholeElements(region), ...(axes && { axes }) };
  }, [width, height, region, axes]);
  const { answer, error, isBusy } = usePairPictures(original, view);
  const [before, after] = isSwapped ? [answer?.after, answer?.before] : [answer?.before, answer?.after];
  const strongest = useMemo(
    () => Math.max(...[before, after].map((picture) => (picture ? robustMaximum(picture.cells.magnitudes) : 0))),
    [before, after],
  );
  const ofDifference = useMemo(
    () => (answer?.difference ? robustMaximum(answer.difference.cells.magnitudes) : 0),
    [answer],
  );
  const press = useZoomKeys(size, setViewport);
  const pane = { kind: 'weights' as const, shape, size, region, viewport, setViewport, height, pointed, setPointed };
  const isPair = pair.difference !== undefined;
  const hasFirst = pair.before !== undefined;
  const isDifference = isPair && shown === 'difference';
  return (
    <div className={`${mapClasses.card} ${classes.drawn}`}>
      <div className={classes.choices}>
        <SegmentedControl<Shown>
          size="xs"
          aria-label="Heat map of"
          value={isPair ? shown : 'sides'}
          onChange={setShown}
          data={[
            { value: 'sides', label: 'side by side' },
            { value: 'over', label: 'over each other', disabled: !isPair },
            { value: 'difference', label: 'difference', disabled: !isPair },
          ]}
        />
        <ZoomButtons viewport={viewport} size={size} setViewport={setViewport} />
      </div>
      {error && (
        <p role="alert" className={classes.failure}>
          {error.message} {error.context.advice}
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a group of pictures that keys move, not of fields */}
      <div
        className={mapClasses.maps}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move what it shows
        tabIndex={0}
        aria-label="Maps: plus and minus zoom, arrows move, 0 shows all"
        aria-busy={isBusy}
        onKeyDown={press}
      >
        {isDifference ? (
          <MapPane
            {...pane}
            id="difference"
            symbol="Δ"
            picture={answer?.difference}
            strongest={ofDifference}
            title="Difference"
            label={`Magnitudes of the difference of ${pair.name}.`}
            measure={ref}
          />
        ) : (
          <MapPane
            {...pane}
            id="before"
            symbol="w"
            picture={hasFirst ? before : after}
            strongest={strongest}
            title={
              isPair && shown === 'over' ? `${files.before} | ${files.after}` : hasFirst ? files.before : files.after
            }
            label={`Magnitudes of ${pair.name} in ${hasFirst ? files.before : files.after}.`}
            measure={ref}
            {...(isPair && shown === 'over' && { over: { picture: after, from: edge / 100 } })}
          />
        )}
        {isPair && shown === 'sides' && (
          <MapPane
            {...pane}
            id="after"
            symbol="w"
            picture={after}
            strongest={strongest}
            title={files.after}
            label={`Magnitudes of ${pair.otherName ?? pair.name} in ${files.after}.`}
          />
        )}
      </div>
      {isPair && shown === 'over' && (
        <label className={classes.edge}>
          <span>
            Left of the edge <bdi>{files.before}</bdi>, right of it <bdi>{files.after}</bdi>
          </span>
          <input
            type="range"
            aria-label="Edge between the two"
            min={0}
            max={100}
            value={edge}
            onChange={({ currentTarget }) => setEdge(Number(currentTarget.value))}
          />
        </label>
      )}
      <Legend strongest={isDifference ? ofDifference : strongest} symbol={isDifference ? 'Δ' : 'w'} />
    </div>
  );
}
