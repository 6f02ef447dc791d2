import { useDeferredValue, useMemo } from 'react';
import { at, last } from '../../../lib/known';
import { formatPercent } from '../../../lib/numbers';
import type { Layer, OpenedCheckpoint } from '../../../state/checkpointSlice';
import { useStudio } from '../../../state/store';
import { orderName } from '../../../tensors/layerOrder';
import { ownerOf } from '../../../tensors/owners';
import { Legend, LegendEntry } from '../../charts/Legend';
import { Later } from '../../parts/later/Later';
import { later } from '../../parts/later/laterPart';
import { useLayerFilter } from '../../parts/useLayerFilter';
import { layerUnits, moduleUnits } from './barUnits';
import classes from './SparsityByLayer.module.css';
import { overallSparsity, type SparsityBar, sparsityBars } from './sparsityBars';

const barChart = later(() => import('./LayerBarChart').then(({ LayerBarChart }) => LayerBarChart));

/** Before and after, layer by layer, or module by module where the table shows modules. */
export function SparsityByLayer({ checkpoint }: { readonly checkpoint: OpenedCheckpoint }) {
  const { layers } = checkpoint;
  const order = orderName(checkpoint);
  // The chart comes after the figures: Recharts takes as long as all the rest of the screen.
  const { outcomes } = useDeferredValue(useStudio((state) => state.settled));
  const selection = useStudio((state) => state.selection);
  const groupBy = useStudio((state) => state.groupBy);
  const openGroups = useStudio((state) => state.openGroups);
  const isDrawn = useDeferredValue(true, false);
  const units = useMemo(
    () => (groupBy === 'module' ? moduleUnits(checkpoint, openGroups) : layerUnits(checkpoint)),
    [checkpoint, groupBy, openGroups],
  );
  const { shown } = useDeferredValue(useLayerFilter());
  const bars = useMemo(() => {
    const left = shown ? units.map((unit) => ({ ...unit, ids: unit.ids.filter((id) => shown.has(id)) })) : units;
    return sparsityBars(left, layers, outcomes);
  }, [units, layers, outcomes, shown]);
  const overall = useMemo(() => overallSparsity(bars, layers, outcomes), [bars, layers, outcomes]);
  const selected = useMemo(() => {
    const owners = new Set(selection.map((id) => ownerOf(at(layers, id), layers).id));
    return bars.flatMap(({ ids }, position) => (ids.some((id) => owners.has(id)) ? [position] : []));
  }, [bars, selection, layers]);
  return (
    <section className={classes.card} aria-label="Sparsity by layer" data-picture>
      <div className={classes.heading}>
        <h3 className={classes.title}>Sparsity by {groupBy === 'module' ? 'module' : 'layer'}</h3>
        <Legend>
          <LegendEntry>{order}</LegendEntry>
          {shown && <LegendEntry>as filtered</LegendEntry>}
          <LegendEntry swatch="before">before</LegendEntry>
          <LegendEntry swatch="pruned">after</LegendEntry>
          <LegendEntry swatch="dashed-line">
            <Overall bars={bars} layers={layers} /> overall
          </LegendEntry>
          {selected.length > 0 && <LegendEntry swatch="selected">selected</LegendEntry>}
        </Legend>
      </div>
      {bars.length === 0 ? (
        <p className={classes.empty}>
          {shown ? 'Nothing that the filter shows is pruned.' : 'No layer is switched in for pruning.'}
        </p>
      ) : (
        <>
          <div className={classes.chart}>
            {isDrawn && <Later part={barChart} with={{ bars, layers, selected, overall, order }} />}
          </div>
          <div className={classes.ends} aria-hidden="true">
            <bdi>{at(bars, 0).name}</bdi>
            {bars.length > 1 && <bdi>{last(bars).name}</bdi>}
          </div>
        </>
      )}
    </section>
  );
}

/** Follows a drag, as the bars do. */
function Overall({ bars, layers }: { readonly bars: readonly SparsityBar[]; readonly layers: readonly Layer[] }) {
  const { outcomes } = useStudio((state) => state.resolution);
  return formatPercent(overallSparsity(bars, layers, outcomes));
}
