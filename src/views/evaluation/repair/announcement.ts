import type { RepairState } from '../../../state/repairState';

export const offer =
  'Fits the weights that stay so that every layer gives again what it gave before pruning. No labels, no training.';

/** One sentence beside the figures; undefined where they say all. */
export function toldOf({ status, report, isFresh, isMissing }: RepairState): string | undefined {
  if (status.kind === 'refused') return status.sentence;
  if (status.kind === 'failed') return `Not repaired: ${status.error.message}`;
  if (status.kind === 'repairing' && !status.isLive) return undefined;
  if (isMissing) {
    return 'The recipe was repaired, and its repaired weights are not here: open the file that was saved beside it, or press Repair.';
  }
  if (report && !isFresh) return 'Of an earlier recipe.';
  return report ? undefined : offer;
}

/** For screen readers: how a repair that was asked for ended. */
export function announcementOf(state: RepairState): string {
  const { status, report, isFresh, on } = state;
  if (status.kind === 'repairing') return status.isLive ? '' : 'Repairing';
  if (status.kind !== 'idle' || state.isMissing) return toldOf(state) ?? '';
  if (!report) return '';
  if (!isFresh) return 'The repair is of an earlier recipe';
  return on ? 'Repaired' : 'As pruned';
}
