import { VisuallyHidden } from '@mantine/core';
import { formatPercent } from '../../lib/numbers';
import { useStudio } from '../../state/store';
import type { StudioState } from '../../state/studio';

/** For screen readers: what has just come about. Figures only once they rest, never while a handle is dragged. */
export function Announcements() {
  const text = useStudio(announcementOf);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {text}
    </VisuallyHidden>
  );
}

function announcementOf({ status, checkpoint, outcome, resolution, settled }: StudioState): string {
  if (status.kind === 'opening') return `Opening: ${status.progress?.stage ?? 'starting'}`;
  if (status.kind === 'exporting') return 'Writing the pruned file';
  if (!checkpoint || resolution !== settled || !outcome.exact) return '';
  return `The checkpoint is open; ${formatPercent(outcome.sparsity)} of its prunable weights are zero`;
}
