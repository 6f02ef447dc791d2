import { Bar, BarChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import { studio } from '../../../state/store';
import { classNames } from '../../parts/classNames';
import { BarPaths } from './BarPaths';
import classes from './SparsityByLayer.module.css';
import type { SparsityBar } from './sparsityBars';

const margin = { top: 6, right: 2, bottom: 6, left: 0 };
const tick = { fill: 'var(--dim)', fontSize: 11 };
const cursor = { fill: 'var(--line)' };
const wholeShare = [0, 1];
const shares = [0, 0.5, 1];

interface LayerBarChartProps {
  readonly bars: readonly SparsityBar[];
  /** Positions among the bars. */
  readonly selected: readonly number[];
  readonly overall: number;
}

export function LayerBarChart({ bars, selected, overall }: LayerBarChartProps) {
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
        <ReferenceLine y={overall} className={classNames(classes.overall)} />
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
