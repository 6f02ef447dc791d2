import type { Picture, Region } from '../../../state/pictureSlice';
import { type CellAxis, cellOf, elementsOf } from './cells';
import { axesOf } from './pictureAxes';
import { describeCell, type PictureShape } from './pictureWords';
import type { Point } from './viewport';
import classes from './WeightMap.module.css';

interface CellTipProps {
  readonly picture: Picture;
  readonly shape: PictureShape;
  readonly region: Region;
  readonly pointed: Point;
  /** False: only the frame around the cell. */
  readonly withWords: boolean;
  /** As MapPane's: nothing of it is kept or pruned. */
  readonly symbol?: string;
}

/** A frame around the cell at the mouse, in both maps, and what is in it. */
export function CellTip({ picture, shape, region, pointed, withWords, symbol }: CellTipProps) {
  const axes = axesOf(picture);
  const row = cellOf(axes.rows, region.top + pointed.y * (region.bottom - region.top));
  const column = cellOf(axes.columns, region.left + pointed.x * (region.right - region.left));
  if (row < 0 || column < 0) return null;
  const words = withWords && describeCell(picture, shape, axes, row, column, symbol);
  const [down, across] = [
    placed(axes.rows, row, region.top, region.bottom),
    placed(axes.columns, column, region.left, region.right),
  ];
  return (
    <div aria-hidden="true">
      <div
        className={classes.frame}
        style={{ top: down.start, height: down.length, left: across.start, width: across.length }}
      />
      {words && (
        <div
          className={classes.tip}
          style={{
            [pointed.y > 0.5 ? 'bottom' : 'top']:
              `calc(${percent(pointed.y > 0.5 ? 1 - pointed.y : pointed.y)} + 14px)`,
            left: `min(${percent(pointed.x)}, 100% - var(--tip-width))`,
          }}
        >
          <b>{words.place}</b>
          <span>
            {words.magnitude}
            {symbol === undefined && ` · ${words.kept}`}
          </span>
        </div>
      )}
    </div>
  );
}

function placed(axis: CellAxis, cell: number, from: number, to: number): { start: string; length: string } {
  const { first, last } = elementsOf(axis, cell);
  return { start: percent((first - from) / (to - from)), length: percent((last + 1 - first) / (to - from)) };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
