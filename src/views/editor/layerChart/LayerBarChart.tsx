import { type KeyboardEvent, useRef } from 'react';
import { Bar, BarChart, DefaultZIndexes, ReferenceLine, useActiveTooltipLabel, XAxis, ZIndexLayer } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import { studio } from '../../../state/store';
import { GridLines, ShareAxis } from '../../charts/axes';
import { ChartBox } from '../../charts/ChartBox';
import { ChartTip } from '../../charts/ChartTip';
import { dashedLine } from '../../charts/lines';
import { BarPaths } from './BarPaths';
import { type SparsityBar, summaryOf } from './sparsityBars';

const margin = { top: 6, right: 2, bottom: 6, left: 0 };

interface LayerBarChartProps {
  readonly bars: readonly SparsityBar[];
  /** Positions among the bars. */
  readonly selected: readonly number[];
  readonly overall: number;
  /** `network order`, or `file order`. */
  readonly order: string;
}

/** A bar a layer; a click, or Enter after the arrow keys, selects it. */
export function LayerBarChart({ bars, selected, overall, order }: LayerBarChartProps) {
  const reached = useRef<SparsityBar>(undefined);
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'Enter' && reached.current) selectBar(reached.current);
  };
  return (
    <div style={{ height: '100%' }} onKeyDownCapture={press}>
      <ChartBox>
        {({ width, height }) => (
          <BarChart
            width={width}
            height={height}
            data={bars as SparsityBar[]}
            margin={margin}
            role="img"
            aria-label={summaryOf(bars, overall, order)}
          >
            <GridLines />
            <XAxis dataKey="position" hide />
            <ShareAxis isLow />
            <ChartTip at="band">{(position) => <BarTip bar={bars[position]} />}</ChartTip>
            <Reached bars={bars} into={reached} />
            {/* Recharts gives a chart its axes through its series. */}
            <Bar dataKey="after" hide />
            <ZIndexLayer zIndex={DefaultZIndexes.bar}>
              <BarPaths bars={bars} selected={selected} onSelect={selectBar} />
            </ZIndexLayer>
            <ReferenceLine y={overall} {...dashedLine} />
          </BarChart>
        )}
      </ChartBox>
    </div>
  );
}

/** Keeps the bar that is pointed at, or reached with the arrow keys. */
function Reached(props: {
  readonly bars: readonly SparsityBar[];
  readonly into: { current: SparsityBar | undefined };
}) {
  const label = useActiveTooltipLabel();
  props.into.current = label === undefined ? undefined : props.bars[Number(label)];
  return null;
}

function selectBar(bar: SparsityBar): void {
  studio.getState().select([bar.id], 'only');
}

function BarTip({ bar }: { readonly bar: SparsityBar | undefined }) {
  if (!bar) return null;
  return (
    <>
      <b>{bar.name}</b>
      <span>
        {formatPercent(bar.before)} before, {formatPercent(bar.after)} after
      </span>
    </>
  );
}
