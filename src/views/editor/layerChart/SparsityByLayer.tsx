import { useDeferredValue, useMemo } from 'react';
import { Bar, BarChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import type { Layer } from '../../../state/checkpointSlice';
import { studio, useStudio } from '../../../state/store';
import { ownerOf } from '../../../tensors/owners';
import { BarPaths } from './BarPaths';
import classes from './SparsityByLayer.module.css';
import { overallSparsity, type SparsityBar, sparsityBars, summaryOf } from './sparsityBars';

const margin = { top: 6, right: 2, bottom: 6, left: 0 };
const tick = { fill: 'var(--dim)', fontSize: 11 };
const cursor = { fill: 'var(--line)' };
const wholeShare = [0, 1];
const shares = [0, 0.5, 1];

/** Before and after, layer by layer, in network order. Follows the committed recipe, not a drag. */
export function SparsityByLayer({ layers }: { readonly layers: readonly Layer[] }) {
  // The chart comes after the figures: Recharts takes as long as all the rest of the screen.
  const { outcomes } = useDeferredValue(useStudio((state) => state.settled));
  const selection = useStudio((state) => state.selection);
  const isDrawn = useDeferredValue(true, false);
  const bars = useMemo(() => sparsityBars(layers, outcomes), [layers, outcomes]);
  const overall = useMemo(() => overallSparsity(layers, outcomes), [layers, outcomes]);
  const selected = useMemo(() => {
    const owners = new Set(selection.map((id) => ownerOf(layers[id]!, layers).id));
    return bars.flatMap(({ id }, position) => (owners.has(id) ? [position] : []));
  }, [bars, selection, layers]);
  return (
    <section className={classes.card} aria-label="Sparsity by layer">
      <div className={classes.heading}>
        <h3 className={classes.title}>Sparsity by layer</h3>
        <span className={classes.legend} aria-hidden="true">
          network order <i data-series="before" /> before <i data-series="after" /> after <i data-series="overall" />{' '}
          {formatPercent(overall)} overall
        </span>
      </div>
      {bars.length === 0 ? (
        <p className={classes.empty}>No layer is switched in for pruning.</p>
      ) : (
        <>
          <div className={classes.chart} role="img" aria-label={summaryOf(bars, overall)}>
            {isDrawn && <Chart bars={bars} selected={selected} overall={overall} />}
          </div>
          <div className={classes.ends} aria-hidden="true">
            <bdi>{bars[0]!.name}</bdi>
            {bars.length > 1 && <bdi>{bars.at(-1)!.name}</bdi>}
          </div>
        </>
      )}
    </section>
  );
}

interface ChartProps {
  readonly bars: readonly SparsityBar[];
  /** Positions among the bars. */
  readonly selected: readonly number[];
  readonly overall: number;
}

function Chart({ bars, selected, overall }: ChartProps) {
  return (
    <ResponsiveContainer>
      <BarChart data={bars as SparsityBar[]} margin={margin} accessibilityLayer={false}>
        <XAxis dataKey="position" hide />
        <YAxis
          interval={0}
          domain={wholeShare}
          includeHidden
          ticks={shares}
          width={44}
          tick={tick}
          axisLine={false}
          tickLine={false}
          tickFormatter={(share: number) => formatPercent(share, 0)}
        />
        <Tooltip
          content={({ active, label }) => (active ? <BarTip bar={bars[Number(label)]} /> : null)}
          includeHidden
          cursor={cursor}
          isAnimationActive={false}
        />
        {/* Recharts gives a chart its axes through its series. */}
        <Bar dataKey="after" hide />
        <BarPaths bars={bars} selected={selected} onSelect={selectBar} />
        <ReferenceLine y={overall} className={classes.overall!} />
      </BarChart>
    </ResponsiveContainer>
  );
}

function selectBar(bar: SparsityBar): void {
  studio.getState().select([bar.id], 'only');
}

function BarTip({ bar }: { readonly bar: SparsityBar | undefined }) {
  if (!bar) return null;
  return (
    <div className={classes.tip}>
      <b>{bar.name}</b>
      <span>
        {formatPercent(bar.before)} before, {formatPercent(bar.after)} after
      </span>
    </div>
  );
}
