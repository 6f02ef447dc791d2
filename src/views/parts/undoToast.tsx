import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { studio } from '../../state/store';
import { WithAct } from './WithAct';

/** One at a time: another takes its place. */
const id = 'edit';

/** Says what nothing on the screen shows. */
export function say(message: ReactNode): void {
  notifications.hide(id);
  notifications.show({ id, role: 'status', message });
}

/** Says that an edit was made where none was expected, with the way back while nothing else has been done since. */
export function sayWithUndo(text: string): void {
  const { recipe } = studio.getState();
  const take = () => {
    notifications.hide(id);
    if (studio.getState().recipe === recipe) studio.getState().undo();
  };
  say(
    <WithAct label="Undo" onAct={take}>
      {text}
    </WithAct>,
  );
}
