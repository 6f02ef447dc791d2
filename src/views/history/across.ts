/** What quality is paid for with: the horizontal axis of the chart of snapshots. */
import { formatCount, formatPercent, formatValue } from '../../lib/numbers';
import type { Snapshot } from '../../state/snapshots';

interface AcrossRecord {
  readonly label: string;
  of(snapshot: Snapshot): number | undefined;
  /** With its unit. */
  text(value: number): string;
  /** Of a tick, where the axis is of amounts and not of shares. */
  axis?(value: number): string;
}

const milliseconds = (value: number) => `${formatValue(value)} ms`;

export const acrosses = {
  sparsity: { label: 'Sparsity', of: ({ sparsity }) => sparsity, text: (value) => `${formatPercent(value)} sparsity` },
  macs: { label: 'MACs', of: ({ macs }) => macs, text: (value) => `${formatCount(value)} MACs`, axis: formatCount },
  time: {
    label: 'Time',
    of: (snapshot) => snapshot.milliseconds,
    text: (value) => `${milliseconds(value)} a sample`,
    axis: milliseconds,
  },
} as const satisfies Readonly<Record<string, AcrossRecord>> as Readonly<
  Record<'sparsity' | 'macs' | 'time', AcrossRecord>
>;

export type Across = keyof typeof acrosses;
