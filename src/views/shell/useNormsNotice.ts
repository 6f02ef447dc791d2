import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { studio } from '../../state/store';

/** Says that norms of inputs came with the files that were opened: only the method panel shows them otherwise. */
export function useNormsNotice(): void {
  useEffect(
    () =>
      studio.subscribe(({ inputNorms, status }, before) => {
        if (inputNorms === before.inputNorms || inputNorms.size === 0 || status.kind !== 'opening') return;
        const layers = formatQuantity(inputNorms.size, 'layer');
        notifications.show({
          message: `The norms of the inputs of ${layers} are there, for the criterion activation.`,
          role: 'status',
        });
      }),
    [],
  );
}
