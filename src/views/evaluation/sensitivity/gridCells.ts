/** The table of sensitivity: which cell is where, what it says and how bad it is. */
import { at } from '../../../lib/known';
import { formatPercent } from '../../../lib/numbers';
import type { MetricId, Sensitivity, SensitivityCurve } from '../../../state/evaluation';
import { metrics, metricValue, plusMinusFor } from '../../../state/metrics';
import { metricText } from '../../parts/quality/metricText';
import { sureText } from '../figures';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Cells match sparsities of the ladder up to rounding. */
const tolerance = 1e-6;

/** Undefined where it was not measured yet, or the metric is not at hand. */
export function cellValue(curve: SensitivityCurve, sparsity: number, metric: MetricId): number | undefined {
  const cell = curve.cells.find((each) => Math.abs(each.sparsity - sparsity) < tolerance);
  return cell && metricValue(cell.evaluation, metric);
}

/** How sure the figure of a cell is: `±4.5`; empty where nothing tells. */
export function cellSure(curve: SensitivityCurve, sparsity: number, metric: MetricId): string {
  const cell = curve.cells.find((each) => Math.abs(each.sparsity - sparsity) < tolerance);
  return cell ? sureText(metric, plusMinusFor(metric, cell.evaluation)) : '';
}

/** `conv1.weight at 50 %: Top-1 agreement 97.8 %`; with the text of the cell, by which it is asked for aloud. */
export function cellLabel(
  name: string,
  sparsity: number,
  metric: MetricId,
  value: number | undefined,
  isNow: boolean,
  sure = '',
): string {
  const figure = value === undefined ? 'not measured' : `${figureText(metric, value)}${sure === '' ? '' : ` ${sure}`}`;
  return `${name} at ${formatPercent(sparsity, 0)}: ${figure}${isNow ? ', nearest to what it has now' : ''}`;
}

function figureText(metric: MetricId, value: number): string {
  const figure = `${metrics[metric].label} ${metricText(metric, value)}`;
  const short = cellText(metric, value);
  return figure.split(/\s+/).includes(short) ? figure : `${figure}, ${short} for short`;
}

/** As short as a cell is wide: percent and cosines without what all cells share. */
export function cellText(metric: MetricId, value: number): string {
  if (!Number.isFinite(value)) return 'NaN';
  if (metrics[metric].fraction) return (value * 100).toFixed(value < 0.9995 ? 1 : 0);
  if (Math.abs(value) >= 100) return value.toExponential(0).replace('e+', 'e');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** Column whose sparsity is nearest to what a layer has; -1 where it has less than half of the least. */
export function nearestColumn(ladder: readonly number[], sparsity: number): number {
  if (ladder.length === 0 || sparsity < at(ladder, 0) / 2) return -1;
  let nearest = 0;
  ladder.forEach((step, column) => {
    if (Math.abs(step - sparsity) < Math.abs(at(ladder, nearest) - sparsity)) nearest = column;
  });
  return nearest;
}

/** Where an arrow key leads, or undefined for any other key. */
export function cellAfter(key: string, { row, column }: Cell, { curves, ladder }: Sensitivity): Cell | undefined {
  const last = { row: curves.length - 1, column: ladder.length - 1 };
  switch (key) {
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(last.row, row + 1), column };
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(last.column, column + 1) };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: last.column };
    case 'PageUp':
      return { row: 0, column };
    case 'PageDown':
      return { row: last.row, column };
    default:
      return undefined;
  }
}
