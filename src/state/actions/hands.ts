/** Keys that parts of the screen answer to themselves while they have the focus: moving about in them is no command. */
import type { Action } from '../actions';
import { layerActions } from './layers';
import { fixedActions } from './table';

export interface KeyRow {
  readonly keys: readonly string[];
  readonly does: string;
}

export interface KeySheet {
  readonly where: string;
  readonly rows: readonly KeyRow[];
}

function rowsOf(actions: readonly Action[]): KeyRow[] {
  return actions.filter(({ keys }) => keys.length > 0).map(({ label, keys }) => ({ does: label, keys: printed(keys) }));
}

/** Where a sign is typed with Shift on some keyboards only, it is one key all the same. */
function printed(keys: readonly string[]): string[] {
  return keys.filter((key) => !(key.startsWith('shift+') && keys.includes(key.slice('shift+'.length))));
}

/** The sheet of shortcuts: commands as the table of actions has them, then the parts of the screen. */
export const keySheets: readonly KeySheet[] = [
  { where: 'Anywhere', rows: rowsOf(fixedActions.filter(({ within }) => !within)) },
  {
    where: 'In the table of layers',
    rows: [
      { keys: ['↑', '↓'], does: 'Choose a layer' },
      { keys: ['shift+↑', 'shift+↓'], does: 'Select several' },
      { keys: ['mod+Space'], does: 'Add one to the selected, or take it off' },
      ...rowsOf(layerActions),
      { keys: ['→', '←'], does: 'Open a group of modules, or close it' },
      { keys: ['shift+←', 'shift+→'], does: 'In the header: move the border of a column' },
    ],
  },
  {
    where: 'On the threshold handle',
    rows: [
      { keys: ['←', '→'], does: 'A tenth of a point of sparsity less, or more' },
      { keys: ['shift+←', 'shift+→'], does: 'A whole point' },
      { keys: ['PageUp', 'PageDown'], does: 'Ten points more, or less' },
      { keys: ['Home', 'End'], does: 'Prune nothing, prune everything' },
      { keys: ['+', '-', '0'], does: 'Zoom the axis in, out, and back' },
      { keys: ['Enter'], does: 'Type the threshold' },
      { keys: ['Escape'], does: 'Let go and put it back' },
    ],
  },
  {
    where: 'On the heat map',
    rows: [
      { keys: ['+', '-'], does: 'Zoom in, zoom out' },
      { keys: ['←', '→', '↑', '↓'], does: 'Move what is shown' },
      { keys: ['0'], does: 'Show all' },
    ],
  },
  {
    where: 'In the map of sensitivity',
    rows: [
      { keys: ['←', '→', '↑', '↓'], does: 'Go from cell to cell' },
      { keys: ['Enter'], does: 'Prune that share of the layer' },
    ],
  },
  {
    where: 'Between the panes',
    rows: [
      { keys: ['←', '→'], does: 'Move the divider; with Shift further' },
      { keys: ['Enter'], does: 'Put it back' },
    ],
  },
];
