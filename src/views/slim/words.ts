/** What a smaller model comes to, in words. */
import { formatBytes, formatCount, formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import type { SlimMeasure, SlimReport, SlimState, Timing } from '../../state/slimState';

export const measures: Readonly<Record<SlimMeasure, string>> = {
  macs: 'MACs',
  parameters: 'parameters',
  bytes: 'bytes',
  time: 'time',
};

export const offer = 'Removes whole channels: a smaller, faster model. What is open stays as it is.';

/** `0.61 ms`, `1.2 s`: of one inference. */
export function timeText(milliseconds: number): string {
  return milliseconds >= 1000 ? `${formatValue(milliseconds / 1000)} s` : `${formatValue(milliseconds)} ms`;
}

/** Of one sample. */
export function perSample({ median, low, high, runs }: Timing, { samples }: SlimReport['time']): Timing {
  return { median: median / samples, low: low / samples, high: high / samples, runs };
}

/** Rounds of which it has to be sooner done to be called faster. */
const surely = 0.8;

/** `2.1 × faster`, `no faster here`, `1.2 × slower`: by the medians, and only what nearly all rounds agree on. */
export function speedText({ before, after, faster }: SlimReport['time']): string {
  if (faster >= surely && after.median < before.median) return `${(before.median / after.median).toFixed(1)} × faster`;
  if (faster <= 1 - surely && after.median > before.median)
    return `${(after.median / before.median).toFixed(1)} × slower`;
  return 'not surely faster here';
}

/** `1.20 to 1.31 ms in 15 runs` */
export function rangeText({ low, high, runs }: Timing): string {
  return `${timeText(low)} to ${timeText(high)} in ${formatQuantity(runs, 'run')}`;
}

export interface CostText {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** `49.8 % of it` */
  readonly share: string;
}

/** File, multiplications, parameters. */
export function costTexts({ before, after }: SlimReport): readonly CostText[] {
  const line = (name: string, measure: keyof typeof before, text: (value: number) => string): CostText => ({
    name,
    before: text(before[measure]),
    after: text(after[measure]),
    share: before[measure] > 0 ? formatPercent(after[measure] / before[measure], 0) : '–',
  });
  return [
    line('MACs', 'macs', formatCount),
    line('Parameters', 'parameters', formatCount),
    line('File', 'bytes', formatBytes),
  ];
}

/** `24 units of channels went, 3 of them dead.` */
export function unitsText({ units, dead }: SlimReport): string {
  const went = `${formatQuantity(units, 'unit of channels', 'units of channels')} went`;
  if (dead === 0) return `${went}.`;
  return dead === units ? `${went}, all of them dead before.` : `${went}, ${dead} of them dead before.`;
}

/** One sentence beside the controls; undefined where the figures say all. */
export function toldOf({ status, made, isFresh }: SlimState): string | undefined {
  if (status.kind === 'refused') return status.sentence;
  if (status.kind === 'failed') return `Not slimmed: ${status.error.message}`;
  if (status.kind === 'slimming') return undefined;
  if (made) return isFresh ? undefined : 'Of an earlier recipe.';
  return offer;
}

/** For screen readers: how a smaller model that was asked for ended. */
export function announcementOf(state: SlimState): string {
  const { status, made, isFresh } = state;
  if (status.kind === 'slimming') return 'Slimming';
  if (status.kind !== 'idle') return toldOf(state) ?? '';
  if (!made) return '';
  if (!isFresh) return 'The slim model is of an earlier recipe';
  return `Slim: ${costTexts(made.report)
    .map(({ name, share }) => `${name} ${share} of before`)
    .join(', ')}, ${speedText(made.report.time)}`;
}
