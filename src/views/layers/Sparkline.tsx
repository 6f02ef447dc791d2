import { memo } from 'react';
import { sparkline } from '../../pruning/histogram';
import type { Ranking } from '../../pruning/score';
import type { Layer } from '../../state/checkpointSlice';
import { isPrunableDtype } from '../../tensors/dtype';
import classes from './Sparkline.module.css';
import { prunedSpan, sparklineHeight, sparklinePath } from './sparklineShape';

/** Densities a sparkline is drawn from: as many as it has pixels. */
const points = 64;

interface Drawing {
  readonly path: string;
  /** Largest magnitude drawn. */
  readonly radius: number;
}

/** Drawn once per layer, however often its row scrolls into view. */
const drawings = new WeakMap<Layer, Drawing>();

function drawingOf(layer: Layer): Drawing | undefined {
  const { statistics, dtype } = layer;
  if (!statistics || !isPrunableDtype(dtype)) return undefined;
  const known = drawings.get(layer);
  if (known) return known;
  const { densities, radius } = sparkline(statistics, dtype, points);
  const drawing = { path: sparklinePath(densities), radius };
  drawings.set(layer, drawing);
  return drawing;
}

/** @param threshold absent: nothing is pruned here */
export function Sparkline(props: {
  readonly layer: Layer;
  readonly threshold: number | undefined;
  readonly ranking: Ranking;
}) {
  const drawing = drawingOf(props.layer);
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
