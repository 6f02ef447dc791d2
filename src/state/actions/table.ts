/** The table of actions: every command of the studio. A new one is a record in one of these lists. */
import { type Action, type ActionList, actions } from '../actions';
import type { StudioState } from '../studio';
import { compareActions } from './compare';
import { copyCommand } from './copyCommand';
import { historyActions } from './history';
import { filterActions, layerActions, scopeActions } from './layers';
import { pageActions } from './page';
import { presetActions } from './presets';
import { metricActions, qualityActions } from './quality';
import { repairActions } from './repairs';
import { takeActions } from './taking';
import { understandingActions } from './understanding';
import { helpActions, viewActions } from './views';
import { workActions } from './work';

const lists: readonly ActionList[] = [
  Object.values(actions),
  Object.values(historyActions),
  layerActions,
  scopeActions,
  filterActions,
  viewActions,
  understandingActions,
  presetActions,
  Object.values(qualityActions),
  metricActions,
  repairActions,
  takeActions,
  helpActions,
  compareActions,
  Object.values(workActions),
  [copyCommand],
  pageActions,
];

/** Those that answer to keys: they are there whatever is open. */
export const fixedActions: readonly Action[] = lists.flatMap((list) => (typeof list === 'function' ? [] : list));

/** All that there are now, those that cannot be run among them. */
export function actionsNow(state: StudioState): readonly Action[] {
  return lists.flatMap((list) => (typeof list === 'function' ? list(state) : list));
}
