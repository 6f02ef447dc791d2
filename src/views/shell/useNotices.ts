import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { inputsKnown } from '../../state/checkpointSlice';
import { studio } from '../../state/store';

/** Milliseconds: two sentences are read in less. */
const shown = 9000;

/** Says what has come about where nobody looks. */
export function useNotices(): void {
  useEffect(
    () =>
      studio.subscribe((state, before) => {
        const { notice, status } = state;
        const say = (message: string) => notifications.show({ message, role: 'status', autoClose: shown });
        if (notice && notice !== before.notice) say(notice.text);
        if (status.kind !== 'opening') return;
        // What is known of inputs comes with the files that are opened: only the method panel shows it otherwise.
        for (const of of ['norms', 'moments'] as const) {
          const slot = inputsKnown[of];
          const { size } = state[slot];
          if (state[slot] === before[slot] || size === 0) continue;
          const criterion = of === 'norms' ? 'activation' : 'OBS';
          say(`The ${of} of the inputs of ${formatQuantity(size, 'layer')} are there, for the criterion ${criterion}.`);
        }
      }),
    [],
  );
}
