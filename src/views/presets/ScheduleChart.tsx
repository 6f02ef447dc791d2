import { formatPercent } from '../../lib/numbers';
import classes from './ScheduleChart.module.css';

/** Sparsities after a recipe, 0 to 1. */
export interface ScheduleStep {
  readonly overall: number;
  /** Of the least and the most pruned layer. */
  readonly least: number;
  readonly most: number;
}

const width = 560;
const height = 190;
const margin = { top: 10, right: 14, bottom: 22, left: 44 };
const shares = [0, 0.25, 0.5, 0.75, 1];

/** The sparsity after each recipe, and between which its layers lie. */
export function ScheduleChart({ from, steps }: { readonly from: number; readonly steps: readonly ScheduleStep[] }) {
  const points = [{ overall: from, least: from, most: from }, ...steps];
  const x = (i: number) => margin.left + (i / steps.length) * (width - margin.left - margin.right);
  const y = (share: number) => height - margin.bottom - share * (height - margin.top - margin.bottom);
  const line = (of: (step: ScheduleStep) => number) => points.map((step, i) => `${x(i)} ${y(of(step))}`);
  const band = [...line(({ most }) => most), ...line(({ least }) => least).reverse()];
  const every = Math.ceil(points.length / 12);
  return (
    <figure className={classes.figure}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={summaryOf(steps)}>
        {shares.map((share) => (
          <g key={share} className={classes.grid}>
            <path d={`M${margin.left} ${y(share)}H${width - margin.right}`} />
            <text x={margin.left - 8} y={y(share) + 4} textAnchor="end">
              {formatPercent(share, 0)}
            </text>
          </g>
        ))}
        <path className={classes.band} d={`M${band.join('L')}Z`} />
        <path className={classes.line} d={`M${line(({ overall }) => overall).join('L')}`} />
        {points.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its number
          <g key={i}>
            <circle className={classes.point} cx={x(i)} cy={y(step.overall)} r={points.length > 40 ? 1.5 : 3}>
              <title>{`${i === 0 ? 'At the start' : `After recipe ${i}`}: ${formatPercent(step.overall)}`}</title>
            </circle>
            {(i % every === 0 || i === steps.length) && (
              <text className={classes.tick} x={x(i)} y={height - 5} textAnchor="middle">
                {i}
              </text>
            )}
          </g>
        ))}
      </svg>
      <figcaption className={classes.caption}>
        Sparsity after each recipe on this checkpoint; the band reaches from the least to the most pruned layer.
      </figcaption>
    </figure>
  );
}

function summaryOf(steps: readonly ScheduleStep[]): string {
  const list = steps.map(({ overall }, i) => `${i + 1}: ${formatPercent(overall)}`);
  return `Sparsity after each recipe. ${list.join(', ')}`;
}
