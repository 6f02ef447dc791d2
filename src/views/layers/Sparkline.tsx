import { memo } from 'react';
import type { Ranking } from '../../pruning/ranking';
import type { Layer } from '../../state/checkpointSlice';
import type { LayerRow } from './rows';
import classes from './Sparkline.module.css';
import { type Drawing, drawingOf, points } from './sparklineDrawing';
import { prunedSpan, sparklineHeight } from './sparklineShape';
import { useGroupDrawing } from './useGroupDrawing';

/** @param threshold absent: nothing is pruned here */
export function Sparkline(props: {
  readonly layer: Layer;
  readonly threshold: number | undefined;
  readonly ranking: Ranking;
}) {
  return <Drawn drawing={drawingOf(props.layer)} threshold={props.threshold} ranking={props.ranking} />;
}

/** Of tensors together, as soon as they have been counted. */
export function GroupSparkline(props: {
  readonly members: readonly LayerRow[];
  readonly threshold: number | undefined;
  readonly ranking: Ranking;
}) {
  return <Drawn drawing={useGroupDrawing(props.members)} threshold={props.threshold} ranking={props.ranking} />;
}

function Drawn(props: {
  readonly drawing: Drawing | undefined;
  readonly threshold: number | undefined;
  readonly ranking: Ranking;
}) {
  const { drawing } = props;
  if (!drawing) return <span className={classes.none}>–</span>;
  const [from, to] =
    props.threshold === undefined ? [0, 0] : prunedSpan(props.ranking, props.threshold, drawing.radius);
  return (
    <span className={classes.sparkline}>
      <Curve path={drawing.path} className={classes.kept} />
      {to > from && (
        <span className={classes.pruned} style={{ clipPath: `inset(0 ${(1 - to) * 100}% 0 ${from * 100}%)` }}>
          <Curve path={drawing.path} className={classes.goes} />
        </span>
      )}
    </span>
  );
}

/** Never drawn again while only the threshold moves. */
const Curve = memo(function Curve({ path, className }: { path: string; className: string | undefined }) {
  return (
    <svg
      className={className}
      viewBox={`0 0 ${points - 1} ${sparklineHeight}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
});

/** What the pruned part is filled with: once on the page, for all sparklines. */
export function SparklineHatch() {
  return (
    <svg className={classes.definitions} aria-hidden="true">
      <pattern
        id="layers-hatch"
        width="4"
        height="4"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
        className={classes.hatch}
      >
        <rect width="4" height="4" />
        <rect width="1.6" height="4" />
      </pattern>
    </svg>
  );
}
