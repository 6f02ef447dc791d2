import { type KeyboardEvent, useRef } from 'react';
import { Bar, BarChart, DefaultZIndexes, useActiveTooltipLabel, XAxis, ZIndexLayer } from 'recharts';
import type { CsvCell } from '../../../lib/csv';
import { at } from '../../../lib/known';
import { formatPercent, formatQuantity } from '../../../lib/numbers';
import type { Layer } from '../../../state/checkpointSlice';
import { studio, useStudio } from '../../../state/store';
import { GridLines, ShareAxis } from '../../charts/axes';
import { ChartBox } from '../../charts/ChartBox';
import { ChartTip } from '../../charts/ChartTip';
import { BarPaths } from './BarPaths';
import { markHeight } from './barGeometry';
import { followed, type SparsityBar, summaryOf } from './sparsityBars';

/** Below, room for what marks the selected. */
const margin = { top: 8, right: 2, bottom: markHeight + 5, left: 0 };

interface LayerBarChartProps {
  readonly bars: readonly SparsityBar[];
  readonly layers: readonly Layer[];
  /** Positions among the bars. */
  readonly selected: readonly number[];
  readonly overall: number;
  /** `network order`, or `file order`. */
  readonly order: string;
}

/** A bar a layer, or a module; a click, or Enter after the arrow keys, selects it. */
export function LayerBarChart({ bars, layers, selected, overall, order }: LayerBarChartProps) {
  const reached = useRef<SparsityBar>(undefined);
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'Enter' && reached.current) selectBar(reached.current);
  };
  return (
    <div style={{ height: '100%' }} onKeyDownCapture={press}>
      <ChartBox title="Sparsity by layer" rows={() => rowsOf(bars, layers)}>
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
            <ChartTip at="band">{(position) => <BarTip bar={bars[position]} layers={layers} />}</ChartTip>
            <Reached bars={bars} into={reached} />
            {/* Recharts gives a chart its axes through its series. */}
            <Bar dataKey="after" hide />
            <ZIndexLayer zIndex={DefaultZIndexes.bar}>
              <BarPaths bars={bars} layers={layers} selected={selected} onSelect={selectBar} />
            </ZIndexLayer>
          </BarChart>
        )}
      </ChartBox>
    </div>
  );
}

function rowsOf(bars: readonly SparsityBar[], layers: readonly Layer[]): CsvCell[][] {
  const { outcomes } = studio.getState().resolution;
  const rows = followed(bars, layers, outcomes).map(({ name, ids, before, after }) => [
    name,
    ids.length,
    before,
    after,
  ]);
  return [['name', 'layers', 'sparsity before', 'sparsity after'], ...rows];
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
  studio.getState().select(bar.ids, 'only');
}

function BarTip({ bar, layers }: { readonly bar: SparsityBar | undefined; readonly layers: readonly Layer[] }) {
  const { outcomes } = useStudio((state) => state.resolution);
  if (!bar) return null;
  const { after } = at(followed([bar], layers, outcomes), 0);
  return (
    <>
      <b>{bar.name}</b>
      {bar.ids.length > 1 && <span>{formatQuantity(bar.ids.length, 'layer')}</span>}
      <span>
        {formatPercent(bar.before)} before, {formatPercent(after)} after
      </span>
    </>
  );
}
