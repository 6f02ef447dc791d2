import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { inputsKnown } from '../../state/checkpointSlice';
import type { NoticeSlice } from '../../state/noticeSlice';
import { studio } from '../../state/store';
import { WithAct } from '../parts/WithAct';

/** Milliseconds: two sentences are read in less. */
const shown = 9000;

/** Says what has come about where nobody looks. */
export function useNotices(): void {
  useEffect(
    () =>
      studio.subscribe((state, before) => {
        const { notice, status } = state;
        if (notice && notice !== before.notice) show(notice);
        if (status.kind !== 'opening') return;
        // What is known of inputs comes with the files that are opened: only the method panel shows it otherwise.
        for (const of of ['norms', 'moments'] as const) {
          const slot = inputsKnown[of];
          const { size } = state[slot];
          if (state[slot] === before[slot] || size === 0) continue;
          const criterion = of === 'norms' ? 'activation' : 'OBS';
          show({
            text: `The ${of} of the inputs of ${formatQuantity(size, 'layer')} are there, for the criterion ${criterion}.`,
          });
        }
      }),
    [],
  );
}

function show({ text, act }: NonNullable<NoticeSlice['notice']>): void {
  if (!act) {
    notifications.show({ message: text, role: 'status', autoClose: shown });
    return;
  }
  const run = () => {
    notifications.hide(id);
    act.run();
  };
  const message = (
    <WithAct label={act.label} onAct={run}>
      {text}
    </WithAct>
  );
  const id = notifications.show({ message, role: 'status', autoClose: false });
}
