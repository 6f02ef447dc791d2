import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useMemo } from 'react';
import { formatPercent } from '../../../lib/numbers';
import { metrics, referenceValue } from '../../../state/metrics';
import { screen } from '../../../state/screen';
import { useStudio } from '../../../state/store';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { metricText } from '../figures';
import { Mark } from '../plot/Mark';
import { MetricPlot } from '../plot/MetricPlot';
import { type PlotPoint, PlotPoints } from '../plot/PlotPoints';
import { linePath, xOf, yOf } from '../plot/scale';
import { frontier, type Origin, origins, pointLabel, type TrailFigure, trailFigures } from './points';
import classes from './QualityCard.module.css';

/** Every evaluated recipe: how sparse, how good. Choosing one returns to it. */
export function QualityCard() {
  const trail = useEvaluation((state) => state.trail);
  const metric = useEvaluation((state) => state.metric);
  const figures = useMemo(() => trailFigures(trail, metric), [trail, metric]);
  return (
    <section className={classes.card} aria-label="Quality against sparsity">
      <div className={classes.heading}>
        <h3 className={classes.title}>Quality against sparsity</h3>
        <Button size="compact-xs" fw={500} onClick={() => screen.getState().show('tune')}>
          Auto-tune…
        </Button>
        <Tooltip label="Clear the chart">
          <ActionIcon
            size={22}
            aria-label="Clear the chart"
            disabled={trail.length === 0}
            onClick={evaluator().clearTrail}
          >
            <IconEraser size={14} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </div>
      {figures.length === 0 ? (
        <p className={classes.empty}>Every recipe that is evaluated adds a point here.</p>
      ) : (
        <>
          <TrailPlot figures={figures} />
          <Legend figures={figures} />
        </>
      )}
    </section>
  );
}

function TrailPlot({ figures }: { readonly figures: readonly TrailFigure[] }) {
  const metric = useEvaluation((state) => state.metric);
  const reference = useEvaluation((state) => state.inputs && referenceValue(state.inputs.baseline, state.metric));
  // While a handle is dragged the recipe is none of them: this changes when a drag begins, not at each of its frames.
  const current = useStudio(({ recipe }) => figures.findLast(({ point }) => point.recipe === recipe)?.point);
  const values = useMemo(() => figures.map(({ value }) => value), [figures]);
  const best = useMemo(() => frontier(figures, metric), [figures, metric]);
  const { higherIsBetter } = metrics[metric];
  const points = useMemo(
    () =>
      figures.map(
        (figure): PlotPoint => ({
          key: figure.point.id,
          sparsity: figure.point.sparsity,
          value: figure.value,
          shape: origins[figure.point.origin].shape,
          label: pointLabel(figure, metric),
          tip: (
            <>
              <b>
                {metrics[metric].label} {metricText(metric, figure.value)}
              </b>
              <span>
                {formatPercent(figure.point.sparsity)} sparsity · {origins[figure.point.origin].name}
              </span>
            </>
          ),
          isCurrent: figure.point === current,
          onChoose: () => evaluator().returnTo(figure.point),
        }),
      ),
    [figures, metric, current],
  );
  return (
    <MetricPlot
      metric={metric}
      values={values}
      reference={reference ?? undefined}
      lines={(frame) => (
        <path
          className={classes.best}
          d={linePath(
            best.map(({ point, value }) => ({
              x: xOf(frame, point.sparsity),
              y: yOf(frame, value, higherIsBetter),
            })),
          )}
        />
      )}
    >
      {(frame) => (
        <PlotPoints label="Evaluated recipes" points={points} frame={frame} higherIsBetter={higherIsBetter} />
      )}
    </MetricPlot>
  );
}

/** The shapes that are on the chart, where there are several. */
function Legend({ figures }: { readonly figures: readonly TrailFigure[] }) {
  const present = (Object.keys(origins) as Origin[]).filter((origin) =>
    figures.some(({ point }) => point.origin === origin),
  );
  if (present.length < 2) return null;
  return (
    <ul className={classes.legend} aria-hidden="true">
      {present.map((origin) => (
        <li key={origin} data-origin={origin}>
          <Mark shape={origins[origin].shape} size={10} /> {origins[origin].name}
        </li>
      ))}
    </ul>
  );
}
