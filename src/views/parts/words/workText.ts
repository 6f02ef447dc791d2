import { formatPercent, formatQuantity } from '../../../lib/numbers';
import type { WorkSummary } from '../../../state/work/shelf';
import { agoText } from './agoText';

/** `12 changes, 2 snapshots, 54.3 % sparse, 5 minutes ago` */
export function workText({ changes, snapshots, sparsity, at }: WorkSummary): string {
  return [
    formatQuantity(changes, 'change'),
    ...(snapshots > 0 ? [formatQuantity(snapshots, 'snapshot')] : []),
    `${formatPercent(sparsity)} sparse`,
    agoText(at),
  ].join(', ');
}
