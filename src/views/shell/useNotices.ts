import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { studio } from '../../state/store';

/** Milliseconds: two sentences are read in less. */
const shown = 9000;

/** Says what has come about where nobody looks. */
export function useNotices(): void {
  useEffect(
    () =>
      studio.subscribe(({ notice, inputNorms, status }, before) => {
        const say = (message: string) => notifications.show({ message, role: 'status', autoClose: shown });
        if (notice && notice !== before.notice) say(notice.text);
        // Norms of inputs come with the files that are opened: only the method panel shows them otherwise.
        if (inputNorms === before.inputNorms || inputNorms.size === 0 || status.kind !== 'opening') return;
        say(
          `The norms of the inputs of ${formatQuantity(inputNorms.size, 'layer')} are there, for the criterion activation.`,
        );
      }),
    [],
  );
}
