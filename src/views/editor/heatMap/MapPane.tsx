import { type RefCallback, type RefObject, useRef } from 'react';
import type { Picture, Region } from '../../../state/pictureSlice';
import { CellTip } from './CellTip';
import { MapCanvas } from './MapCanvas';
import { axisLabel, type PictureShape } from './pictureWords';
import { type PaneGestures, usePaneGestures } from './usePaneGestures';
import type { Point } from './viewport';
import classes from './WeightMap.module.css';

type MapKind = 'weights' | 'mask';

export interface Pointed {
  readonly map: MapKind;
  readonly at: Point;
}

interface MapPaneProps extends PaneGestures {
  readonly kind: MapKind;
  readonly title: string;
  /** For those who do not see it. */
  readonly label: string;
  /** Undefined until the first one is there. */
  readonly picture: Picture | undefined;
  /** The magnitude of the strongest colour. */
  readonly strongest: number;
  readonly shape: PictureShape;
  /** What is drawn is of an earlier place of the handle. */
  readonly isBehind?: boolean;
  /** What is shown, in elements. */
  readonly region: Region;
  /** In pixels. */
  readonly height: number;
  /** Where the mouse is, in which of the maps. */
  readonly pointed: Pointed | null;
  readonly setPointed: (pointed: Pointed | null) => void;
  /** Measures the width of the map. */
  readonly measure?: RefCallback<HTMLDivElement> | RefObject<HTMLDivElement | null>;
}

/** One map with its axes. */
export function MapPane(props: MapPaneProps) {
  const { kind, title, label, picture, strongest, shape, region, height, pointed, setPointed, measure } = props;
  const area = useRef<HTMLDivElement>(null);
  const gestures = usePaneGestures(area, props, (at) => setPointed(at && { map: kind, at }));
  return (
    <div className={classes.pane}>
      <h4 className={classes.title}>{title}</h4>
      <span className={classes.down} aria-hidden="true">
        {axisLabel(shape.down, region.top, region.bottom)}
      </span>
      <div ref={measure}>
        <div
          ref={area}
          className={classes.area}
          data-zoomed={props.viewport.zoom > 1}
          aria-busy={props.isBehind ?? false}
          style={{ height }}
          {...gestures}
          onPointerLeave={() => setPointed(null)}
        >
          <MapCanvas
            kind={kind}
            label={label}
            picture={picture}
            strongest={strongest}
            shape={shape}
            region={region}
            height={height}
          />
          {picture && pointed && (
            <CellTip
              picture={picture}
              shape={shape}
              region={region}
              pointed={pointed.at}
              withWords={kind === pointed.map}
            />
          )}
        </div>
      </div>
      <span className={classes.across} aria-hidden="true">
        {axisLabel(shape.across, region.left, region.right)}
      </span>
    </div>
  );
}
