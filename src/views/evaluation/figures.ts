/** How figures of quality read, and how bad a loss of quality is. */
import { formatInteger, formatQuantity, formatValue } from '../../lib/numbers';
import type { InputSource, InputSummary, MetricId } from '../../state/evaluation';
import { metrics } from '../../state/metrics';
import { metricText } from '../parts/quality/metricText';

/**
 * Against the unpruned model, with its sign: `−2.2` in percentage points, or in the metric's own unit. The difference of
 * the two figures as they read. Empty where the figure is a distance from the unpruned model itself.
 */
export function changeText(id: MetricId, value: number, reference: number | undefined): string {
  if (reference === undefined || !Number.isFinite(value - reference)) return '';
  if (metrics[id].isDistance) return '';
  const change = shownNumber(id, value) - shownNumber(id, reference);
  const size = metrics[id].fraction ? Math.abs(change).toFixed(1) : formatValue(Math.abs(change), 2);
  if (Number(size) === 0) return '±0';
  return `${change > 0 ? '+' : '−'}${size}`;
}

function shownNumber(id: MetricId, value: number): number {
  return Number.parseFloat(metricText(id, value).replace(/^[<>]/, ''));
}

/** `±4.5`, half of the interval of 95 %, in points of a share or in the metric's own unit. Empty where nothing tells. */
export function sureText(id: MetricId, plusMinus: number | undefined): string {
  if (plusMinus === undefined || !Number.isFinite(plusMinus)) return '';
  return `±${metrics[id].fraction ? (plusMinus * 100).toFixed(1) : formatValue(plusMinus, 2)}`;
}

/** More inputs than that need no such words: the ± says it. */
const few = 500;

/** `: 3 are one point`, `: one is 2 points`: what a share of few inputs can tell at all. Empty of others. */
export function grainText(id: MetricId, samples: number): string {
  if (!metrics[id].fraction || samples >= few) return '';
  const inAPoint = samples / 100;
  if (inAPoint >= 1.5) return `: ${formatInteger(Math.round(inAPoint))} are one point`;
  const points = Number((1 / inAPoint).toPrecision(2));
  return `: one is ${points} ${points === 1 ? 'point' : 'points'}`;
}

/** Some classes by name, the others counted: `cat, dog and 3 more`. */
export function classesInWords(labels: readonly number[], names: readonly string[] | undefined, most = 3): string {
  const words = labels.slice(0, most).map((label) => names?.[label] ?? formatInteger(label));
  const more = labels.length - words.length;
  return more > 0 ? `${words.join(', ')} and ${formatInteger(more)} more` : words.join(', ');
}

/** `599 inputs`, `on 344 of 600 inputs`, `random inputs, n = 16`. @param given how many there are, where a share of them is left out */
export function inputsText({ samples }: InputSummary, source: InputSource | null, given = samples): string {
  return isRandom(source)
    ? `random inputs, n = ${formatInteger(samples)}`
    : `${given > samples ? `on ${formatInteger(samples)} of ` : ''}${formatQuantity(given, 'input')}`;
}

export function isRandom(source: InputSource | null): boolean {
  return source?.kind === 'random';
}

/** Said wherever a figure on random inputs stands. */
export const flattery =
  'Random inputs flatter: a model gives nearly all of them one and the same class. Relative L2 and KL divergence tell more, samples of what the model sees tell most.';

/**
 * How bad `value` is, from 0 (as the unpruned model or better) to 1 (the strongest colour of a heat map), finely graded
 * near 0 where decisions are made.
 */
export function lossShare(id: MetricId, value: number, reference: number | undefined): number {
  const { higherIsBetter, isRelative, ruin } = metrics[id];
  const from = reference ?? (higherIsBetter ? 1 : 0);
  if (!Number.isFinite(value)) return 1;
  const loss = higherIsBetter ? from - value : value - from;
  return Math.sqrt(Math.min(1, Math.max(0, (isRelative ? loss / from : loss) / ruin)));
}
