import { Bar, BarChart, XAxis } from 'recharts';
import { at } from '../../lib/known';
import { formatInteger, formatQuantity } from '../../lib/numbers';
import type { LayerWidth } from '../../state/slimState';
import { GridLines, ValueAxis } from '../charts/axes';
import { ChartBox } from '../charts/ChartBox';
import { ChartTip } from '../charts/ChartTip';
import { roundTicks } from '../charts/ticks';

const margin = { top: 8, right: 2, bottom: 8, left: 0 };

/** A bar a layer, in the order of the graph: the outputs that stay, and on top of them those that went. */
export function WidthsChart({ widths }: { readonly widths: readonly LayerWidth[] }) {
  const bars = widths.map(({ before, after }, position) => ({ position, after, gone: before - after }));
  const widest = Math.max(1, ...widths.map(({ before }) => before));
  const smaller = widths.filter(({ before, after }) => after < before).length;
  return (
    <ChartBox
      title="Outputs of layers"
      rows={() => [
        ['layer', 'operator', 'outputs before', 'outputs after'],
        ...widths.map(({ name, operator, before, after }) => [name, operator, before, after]),
      ]}
    >
      {({ width, height }) => (
        <BarChart
          width={width}
          height={height}
          data={bars}
          margin={margin}
          role="img"
          aria-label={`Outputs of ${formatQuantity(widths.length, 'layer')} in network order: ${smaller} have fewer than before`}
        >
          <GridLines />
          <XAxis dataKey="position" hide />
          <ValueAxis low={0} high={widest} ticks={roundTicks(0, widest, 4)} inPercent={false} />
          <ChartTip at="band">{(position) => <Tip layer={at(widths, position)} />}</ChartTip>
          <Bar dataKey="after" stackId="width" fill="var(--kept)" isAnimationActive={false} />
          <Bar dataKey="gone" stackId="width" fill="url(#chart-hatch)" isAnimationActive={false} />
        </BarChart>
      )}
    </ChartBox>
  );
}

function Tip({ layer: { name, operator, before, after } }: { readonly layer: LayerWidth }) {
  return (
    <>
      <b>{name}</b>
      <span>{operator}</span>
      <span>
        {formatInteger(before)} outputs before, {formatInteger(after)} after
      </span>
    </>
  );
}
