import { notifications } from '@mantine/notifications';
import type { Action } from '../../../state/actions';
import { studio } from '../../../state/store';

/** Runs an action if it can be run now; what fails outside the studio (the clipboard) is said in a toast. */
export async function perform(action: Action): Promise<void> {
  const state = studio.getState();
  if (!action.enabled(state)) return;
  try {
    await action.run(state);
    if (action.said) notifications.show({ message: action.said(state), role: 'status' });
  } catch (cause) {
    notifications.show({
      color: 'red',
      title: `${action.label}: it did not work`,
      message: cause instanceof Error ? cause.message : String(cause),
    });
  }
}
