import { type RefCallback, type RefObject, useRef } from 'react';
import type { Picture, Region } from '../../../state/pictureSlice';
import { CellTip } from './CellTip';
import { MapCanvas } from './MapCanvas';
import { axisLabel, type PictureShape } from './pictureWords';
import { type PaneGestures, usePaneGestures } from './usePaneGestures';
import type { Point } from './viewport';
import classes from './WeightMap.module.css';

export interface Pointed {
  readonly map: string;
  readonly at: Point;
}

interface MapPaneProps extends PaneGestures {
  readonly kind: 'weights' | 'mask';
  /** Which of the maps it is, where several are of one kind. */
  readonly id?: string;
  /** What a cell shows, where it is no weight that may be masked: `Δ`. */
  readonly symbol?: string;
  /** Another picture of the same, drawn over it from this share of the width on. */
  readonly over?: { readonly picture: Picture | undefined; readonly from: number };
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
  const { kind, id = kind, symbol, over, title, label, picture, strongest, shape, region, height } = props;
  const { pointed, setPointed, measure } = props;
  const area = useRef<HTMLDivElement>(null);
  const gestures = usePaneGestures(area, props, (at) => setPointed(at && { map: id, at }));
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
          {over && (
            <div className={classes.over} style={{ clipPath: `inset(0 0 0 ${over.from * 100}%)` }} aria-hidden="true">
              <MapCanvas
                kind={kind}
                label=""
                picture={over.picture}
                strongest={strongest}
                shape={shape}
                region={region}
                height={height}
              />
            </div>
          )}
          {picture && pointed && (
            <CellTip
              picture={(over && pointed.at.x >= over.from ? over.picture : picture) ?? picture}
              shape={shape}
              region={region}
              pointed={pointed.at}
              withWords={id === pointed.map}
              {...(symbol !== undefined && { symbol })}
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
