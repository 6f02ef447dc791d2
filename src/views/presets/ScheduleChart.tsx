import { Area, ComposedChart, Line } from 'recharts';
import { formatPercent } from '../../lib/numbers';
import { CountAxis, GridLines, ShareAxis } from '../charts/axes';
import { ChartBox } from '../charts/ChartBox';
import { ChartTip } from '../charts/ChartTip';
import { prunedLine } from '../charts/lines';
import { classNames } from '../parts/classNames';
import classes from './ScheduleChart.module.css';
import type { ScheduleStep } from './scheduleSteps';

const margin = { top: 8, right: 18, bottom: 0, left: 0 };

/** The sparsity after each recipe, and between which its layers lie. */
export function ScheduleChart({ from, steps }: { readonly from: number; readonly steps: readonly ScheduleStep[] }) {
  const points = [{ overall: from, least: from, most: from }, ...steps].map(({ overall, least, most }, recipe) => ({
    recipe,
    overall,
    range: [least, most],
  }));
  return (
    <ChartBox
      title="Sparsity after each recipe"
      rows={() => [
        ['recipe', 'sparsity', 'least of a layer', 'most of a layer'],
        ...points.map(({ recipe, overall, range: [least = 0, most = 0] }) => [recipe, overall, least, most]),
      ]}
    >
      {({ width, height }) => (
        <ComposedChart
          width={width}
          height={height}
          data={points}
          margin={margin}
          role="img"
          aria-label={summaryOf(steps)}
        >
          <GridLines />
          <CountAxis dataKey="recipe" />
          <ShareAxis />
          <ChartTip at="place">{(recipe) => <StepTip recipe={recipe} step={points[recipe]} />}</ChartTip>
          <Area
            type="linear"
            dataKey="range"
            className={classNames(classes.band)}
            stroke="none"
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            {...prunedLine}
            dataKey="overall"
            dot={{ className: classNames(classes.point), r: points.length > 40 ? 1.5 : 3 }}
            activeDot={{ className: classNames(classes.point), r: 5 }}
          />
        </ComposedChart>
      )}
    </ChartBox>
  );
}

function StepTip(props: {
  readonly recipe: number;
  readonly step: { readonly overall: number; readonly range: readonly number[] } | undefined;
}) {
  const { recipe, step } = props;
  if (!step) return null;
  const [least = 0, most = 0] = step.range;
  return (
    <>
      <b>
        {recipe === 0 ? 'At the start' : `After recipe ${recipe}`}: {formatPercent(step.overall)}
      </b>
      <span>
        {formatPercent(least)} to {formatPercent(most)} of a layer
      </span>
    </>
  );
}

function summaryOf(steps: readonly ScheduleStep[]): string {
  const list = steps.map(({ overall }, i) => `${i + 1}: ${formatPercent(overall)}`);
  return `Sparsity after each recipe. ${list.join(', ')}`;
}
