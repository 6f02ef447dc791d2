import { memo } from 'react';
import classes from './SnapScale.module.css';
import { labelledPoints, type SnapPoint } from './snapping';

/** Along the top: where the handle prunes a round share of the weights, and is drawn to. */
export const SnapScale = memo(function SnapScale(props: {
  readonly points: readonly SnapPoint[];
  readonly axisWidth: number;
}) {
  const labelled = labelledPoints(props.points, props.axisWidth);
  return (
    <div className={classes.scale} aria-hidden="true">
      {props.points.map((point) => (
        <span key={point.sparsity} style={{ left: point.x }}>
          {labelled.includes(point) && `${point.sparsity * 100} %`}
        </span>
      ))}
    </div>
  );
});
