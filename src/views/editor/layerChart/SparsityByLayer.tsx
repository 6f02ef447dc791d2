import { useDeferredValue, useMemo } from 'react';
import { at, last } from '../../../lib/known';
import { formatPercent } from '../../../lib/numbers';
import type { OpenedCheckpoint } from '../../../state/checkpointSlice';
import { useStudio } from '../../../state/store';
import { inNetworkOrder, orderName } from '../../../tensors/layerOrder';
import { ownerOf } from '../../../tensors/owners';
import { Legend, LegendEntry } from '../../charts/Legend';
import { Later } from '../../parts/later/Later';
import { later } from '../../parts/later/laterPart';
import classes from './SparsityByLayer.module.css';
import { overallSparsity, sparsityBars } from './sparsityBars';

const barChart = later(() => import('./LayerBarChart').then(({ LayerBarChart }) => LayerBarChart));

/** Before and after, layer by layer. Follows the committed recipe, not a drag. */
export function SparsityByLayer({ checkpoint }: { readonly checkpoint: OpenedCheckpoint }) {
  const { layers } = checkpoint;
  const order = orderName(checkpoint);
  // The chart comes after the figures: Recharts takes as long as all the rest of the screen.
  const { outcomes } = useDeferredValue(useStudio((state) => state.settled));
  const selection = useStudio((state) => state.selection);
  const isDrawn = useDeferredValue(true, false);
  const bars = useMemo(
    () =>
      sparsityBars(
        inNetworkOrder(checkpoint.layers, checkpoint, ({ id }) => id),
        outcomes,
      ),
    [checkpoint, outcomes],
  );
  const overall = useMemo(() => overallSparsity(layers, outcomes), [layers, outcomes]);
  const selected = useMemo(() => {
    const owners = new Set(selection.map((id) => ownerOf(at(layers, id), layers).id));
    return bars.flatMap(({ id }, position) => (owners.has(id) ? [position] : []));
  }, [bars, selection, layers]);
  return (
    <section className={classes.card} aria-label="Sparsity by layer">
      <div className={classes.heading}>
        <h3 className={classes.title}>Sparsity by layer</h3>
        <Legend>
          <LegendEntry>{order}</LegendEntry>
          <LegendEntry swatch="before">before</LegendEntry>
          <LegendEntry swatch="pruned">after</LegendEntry>
          <LegendEntry swatch="dashed-line">{formatPercent(overall)} overall</LegendEntry>
        </Legend>
      </div>
      {bars.length === 0 ? (
        <p className={classes.empty}>No layer is switched in for pruning.</p>
      ) : (
        <>
          <div className={classes.chart}>
            {isDrawn && <Later part={barChart} with={{ bars, selected, overall, order }} />}
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
