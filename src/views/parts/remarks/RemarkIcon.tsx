import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { Remark } from './remarks';

const icons = { danger: IconAlertOctagon, warning: IconAlertTriangle, info: IconInfoCircle };
const names = { danger: 'Danger', warning: 'Warning', info: 'Note' };

/** The severity in shape, colour and word. */
export function RemarkIcon({ severity }: { severity: Remark['severity'] }) {
  const Icon = icons[severity];
  return <Icon size={16} stroke={1.8} role="img" aria-label={names[severity]} />;
}
