import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Bar, BarChart, useActiveTooltipLabel, XAxis, YAxis } from 'recharts';
import { formatQuantity, formatValue } from '../../lib/numbers';
import type { Layer } from '../../state/checkpointSlice';
import { GridLines } from '../charts/axes';
import { ChartBox } from '../charts/ChartBox';
import { ChartTip } from '../charts/ChartTip';
import { alongOf, type OwnUnit, rangesText } from './goesTogether';

const margin = { top: 6, right: 2, bottom: 4, left: 2 };
/** What is dead still has a bar to point at. */
const leastHeight = 0.04;

interface UnitsChartProps {
  readonly units: readonly OwnUnit[];
  readonly layers: readonly Layer[];
  /** Position among the units. */
  readonly chosen: number;
  /** Null: nothing is pointed at any more. */
  onPoint(position: number | null): void;
  onChoose(position: number): void;
}

/** A bar a unit, as high as its score; what is pointed at, or reached with the arrow keys, says what goes with it. */
export function UnitsChart({ units, layers, chosen, onPoint, onChoose }: UnitsChartProps) {
  const reached = useRef<number | null>(null);
  const highest = Math.max(...units.map(({ unit }) => unit.score), Number.MIN_VALUE);
  const bars = units.map(({ unit: { score, dead } }, position) => {
    const height = Math.max(leastHeight, score / highest);
    const isChosen = position === chosen;
    return {
      position,
      dead: dead ? height : 0,
      chosen: isChosen && !dead ? height : 0,
      kept: isChosen || dead ? 0 : height,
    };
  });
  const choose = () => {
    if (reached.current !== null) onChoose(reached.current);
  };
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'Enter') choose();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the chart within has the focus; the field above chooses, too
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter does
    <div style={{ height: '100%' }} onKeyDownCapture={press} onClick={choose}>
      <ChartBox
        title="Scores of units"
        rows={() => [
          ['outputs', 'score', 'dead'],
          ...units.map(({ outputs, unit }) => [rangesText(outputs), unit.score, unit.dead ? 1 : 0]),
        ]}
      >
        {({ width, height }) => (
          <BarChart
            width={width}
            height={height}
            data={bars}
            margin={margin}
            barCategoryGap={units.length > 100 ? 0 : '12%'}
            role="img"
            aria-label={`Scores of ${formatQuantity(units.length, 'unit')}, in the order of the layer’s outputs`}
          >
            <GridLines />
            <XAxis dataKey="position" hide />
            <YAxis hide domain={[0, 1]} />
            <ChartTip at="band">{(position) => <Tip own={units[position]} layers={layers} />}</ChartTip>
            <Reached into={reached} onPoint={onPoint} />
            <Bar dataKey="kept" stackId="score" fill="var(--kept)" isAnimationActive={false} />
            <Bar dataKey="chosen" stackId="score" fill="var(--ink)" isAnimationActive={false} />
            <Bar dataKey="dead" stackId="score" fill="var(--dim)" isAnimationActive={false} />
          </BarChart>
        )}
      </ChartBox>
    </div>
  );
}

interface ReachedProps {
  readonly into: { current: number | null };
  onPoint(position: number | null): void;
}

function Reached({ into, onPoint }: ReachedProps) {
  const label = useActiveTooltipLabel();
  const position = label === undefined ? null : Number(label);
  useEffect(() => {
    into.current = position;
    onPoint(position);
  }, [position, into, onPoint]);
  return null;
}

function Tip({ own, layers }: { readonly own: OwnUnit | undefined; readonly layers: readonly Layer[] }) {
  if (!own) return null;
  const { unit, outputs } = own;
  const names = [...new Set(alongOf(unit, layers).map(({ name }) => name))];
  const more = names.length - 4;
  return (
    <>
      <b>
        {outputs.length === 1 ? 'Output' : 'Outputs'} {rangesText(outputs)}:{' '}
        {unit.dead ? 'dead' : formatValue(unit.score)}
      </b>
      {names.slice(0, 4).map((name) => (
        <span key={name}>{name}</span>
      ))}
      {more > 0 && <span>and {more} more</span>}
    </>
  );
}
