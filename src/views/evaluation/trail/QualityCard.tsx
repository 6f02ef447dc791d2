import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useMemo } from 'react';
import { qualityActions } from '../../../state/actions/quality';
import { Legend, LegendEntry } from '../../charts/Legend';
import { Mark } from '../../charts/Mark';
import { perform } from '../../parts/actions/perform';
import { Later } from '../../parts/later/Later';
import { later } from '../../parts/later/laterPart';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { type Origin, origins, type TrailFigure, trailFigures } from './points';
import classes from './QualityCard.module.css';

const trailPlot = later(() => import('./TrailPlot').then(({ TrailPlot }) => TrailPlot));

/** Every evaluated recipe: how sparse, how good. Choosing one returns to it. */
export function QualityCard() {
  const trail = useEvaluation((state) => state.trail);
  const metric = useEvaluation((state) => state.metric);
  const figures = useMemo(() => trailFigures(trail, metric), [trail, metric]);
  return (
    <section className={classes.card} aria-label="Quality against sparsity" data-picture>
      <div className={classes.heading}>
        <h3 className={classes.title}>Quality against sparsity</h3>
        <Button size="compact-xs" fw={500} onClick={() => perform(qualityActions.tune)}>
          {qualityActions.tune.label}
        </Button>
        <Tooltip label="Clear the chart">
          <ActionIcon
            size={22}
            aria-label="Clear the chart"
            disabled={trail.length === 0}
            onClick={() => perform(qualityActions.clearTrail)}
          >
            <IconEraser size={14} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </div>
      {figures.length === 0 ? (
        <p className={classes.empty}>Every recipe that is evaluated adds a point here.</p>
      ) : (
        <>
          <div className={classes.plot}>
            <Later part={trailPlot} with={{ figures }} />
          </div>
          <Origins figures={figures} />
        </>
      )}
    </section>
  );
}

/** The shapes that are on the chart, and its lines. */
function Origins({ figures }: { readonly figures: readonly TrailFigure[] }) {
  const present = (Object.keys(origins) as Origin[]).filter((origin) =>
    figures.some(({ point }) => point.origin === origin),
  );
  return (
    <Legend>
      {present.map((origin) => (
        <LegendEntry key={origin}>
          <span className={classes.mark} data-origin={origin}>
            <Mark shape={origins[origin].shape} size={10} />
          </span>
          {origins[origin].name}
        </LegendEntry>
      ))}
      {figures.length > 1 && <LegendEntry swatch="kept-line">front: best at each sparsity</LegendEntry>}
      {present.includes('repaired') && <LegendEntry swatch="repaired-line">front, repaired</LegendEntry>}
      <LegendEntry swatch="dashed-line">unpruned</LegendEntry>
    </Legend>
  );
}
