/** The axes of every chart that recharts draws: labels in grey at round numbers, lines across for the vertical one. */
import { CartesianGrid, XAxis, YAxis } from 'recharts';
import { formatPercent } from '../../lib/numbers';
import { roundTicks, tickLabels } from './ticks';

/** Pixels to the left of a plot, where the labels of its vertical axis stand. */
export const labelWidth = 52;

/** Pixels below a plot. */
export const labelHeight = 22;

/** As large as the chart's box says. */
const label = { fill: 'var(--dim)', fontSize: 'var(--chart-text, 12px)' };
const axisLine = { stroke: 'var(--line-strong)' };
const quarters = [0, 0.25, 0.5, 0.75, 1];
const halves = [0, 0.5, 1];
const wholeShare = [0, 1] as [number, number];
const percent = (share: number) => formatPercent(share, 0);

/** Lines across at the ticks of the vertical axis. */
export function GridLines() {
  return <CartesianGrid vertical={false} stroke="var(--line)" />;
}

/** Shares of zeros, 0 to 1, upwards. @param isLow where there is room for three labels only */
export function ShareAxis({ isLow = false }: { readonly isLow?: boolean }) {
  return (
    <YAxis
      type="number"
      domain={wholeShare}
      ticks={isLow ? halves : quarters}
      interval={0}
      includeHidden
      width={labelWidth}
      tick={label}
      axisLine={false}
      tickLine={false}
      tickFormatter={percent}
    />
  );
}

/** Shares of zeros, 0 to 1, to the right. */
export function SparsityAxis({ dataKey, isNarrow }: { readonly dataKey: string; readonly isNarrow: boolean }) {
  return (
    <XAxis
      type="number"
      dataKey={dataKey}
      domain={wholeShare}
      ticks={isNarrow ? halves : quarters}
      interval={0}
      height={labelHeight}
      tick={label}
      axisLine={axisLine}
      tickLine={false}
      tickFormatter={percent}
    />
  );
}

interface AmountAxisProps {
  readonly dataKey: string;
  readonly most: number;
  /** About so many labels. */
  readonly count: number;
  text(value: number): string;
}

/** Amounts from 0 on, to the right. */
export function AmountAxis({ dataKey, most, count, text }: AmountAxisProps) {
  const ticks = roundTicks(0, most || 1, count);
  return (
    <XAxis
      type="number"
      dataKey={dataKey}
      domain={[0, Math.max(most, ticks.at(-1) ?? 1)]}
      ticks={ticks}
      interval={0}
      height={labelHeight}
      tick={label}
      axisLine={axisLine}
      tickLine={false}
      tickFormatter={text}
    />
  );
}

interface ValueAxisProps {
  readonly low: number;
  readonly high: number;
  /** Within these bounds. */
  readonly ticks: readonly number[];
  /** Shares are said in percent, which have their own round numbers. */
  readonly inPercent: boolean;
}

/** Any figures upwards; what is beyond the bounds is cut off. */
export function ValueAxis({ low, high, ticks, inPercent }: ValueAxisProps) {
  const labels = tickLabels(inPercent ? ticks.map((tick) => tick * 100) : ticks);
  return (
    <YAxis
      type="number"
      domain={[low, high]}
      allowDataOverflow
      ticks={[...ticks]}
      interval={0}
      width={labelWidth}
      tick={label}
      axisLine={false}
      tickLine={false}
      tickFormatter={(_: number, at: number) => `${labels[at] ?? ''}${inPercent ? ' %' : ''}`}
    />
  );
}

/** Whole numbers from 0 on, to the right, as many as there is room for. */
export function CountAxis({ dataKey }: { readonly dataKey: string }) {
  return (
    <XAxis
      dataKey={dataKey}
      interval="equidistantPreserveStart"
      minTickGap={12}
      height={labelHeight}
      tick={label}
      axisLine={axisLine}
      tickLine={false}
    />
  );
}
