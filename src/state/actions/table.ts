/** The table of actions: every command of the studio. A new one is a record in one of these lists. */
import { type Action, type ActionList, actions } from '../actions';
import type { StudioState } from '../studio';
import { pageActions } from './page';
import { workActions } from './work';

const lists: readonly ActionList[] = [Object.values(actions), pageActions, workActions];

/** Those that answer to keys: they are there whatever is open. */
export const fixedActions: readonly Action[] = lists.flatMap((list) => (typeof list === 'function' ? [] : list));

/** All that there are now, those that cannot be run among them. */
export function actionsNow(state: StudioState): readonly Action[] {
  return lists.flatMap((list) => (typeof list === 'function' ? list(state) : list));
}
