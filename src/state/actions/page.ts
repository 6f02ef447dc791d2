/** Commands about Secateur itself, as a program of this machine. */
import type { Action } from '../actions';
import { installed } from '../installed';

export const pageActions: readonly Action[] = [
  {
    id: 'install',
    label: 'Install Secateur as an app',
    group: 'Page',
    keys: [],
    also: 'offline desktop program',
    enabled: () => installed.getState().install !== null,
    needs: 'a browser that offers it, and has not done so yet',
    run: () => installed.getState().install?.(),
  },
  {
    id: 'update',
    label: 'Reload in the newer version',
    group: 'Page',
    keys: [],
    also: 'update upgrade',
    enabled: () => installed.getState().update !== null,
    needs: 'a newer version',
    run: () => installed.getState().update?.(),
  },
];
