/** Going back, and looking at what was. */
import type { Action } from '../actions';
import { screen } from '../screen';
import { flippable } from '../snapshots';
import type { StudioState } from '../studio';

const isOpen = ({ checkpoint }: StudioState) => checkpoint !== null;

export const historyActions = {
  history: {
    id: 'history',
    label: 'History and snapshots',
    group: 'Recipe',
    keys: ['H'],
    also: 'undo versions compare pin',
    enabled: isOpen,
    needs: 'an open checkpoint',
    run: () => screen.getState().showTab('History'),
  },
  takeSnapshot: {
    id: 'takeSnapshot',
    label: 'Take a snapshot of the recipe',
    group: 'Recipe',
    keys: ['mod+D'],
    also: 'keep version name',
    enabled: isOpen,
    needs: 'an open checkpoint',
    run: (state) => {
      state.takeSnapshot();
      screen.getState().showTab('History');
    },
  },
  flip: {
    id: 'flip',
    label: 'Show the pinned snapshot while the key is held',
    group: 'Recipe',
    keys: ['F'],
    also: 'compare before after flip original',
    enabled: (state) => isOpen(state) && flippable(state).length > 0,
    needs: 'a recipe that is another than the pinned one',
    run: (state) => state.flip(flippable(state)[0]?.id ?? null),
  },
  flipOther: {
    id: 'flipOther',
    label: 'Show the other one while the key is held',
    group: 'Recipe',
    keys: ['shift+F'],
    also: 'compare before after flip original',
    enabled: (state) => isOpen(state) && flippable(state).length > 1,
    needs: 'two that are pinned',
    run: (state) => state.flip(flippable(state)[1]?.id ?? null),
  },
  editRecipe: {
    id: 'editRecipe',
    label: 'Edit the recipe: its rules, and as JSON',
    group: 'Recipe',
    keys: ['mod+J'],
    also: 'rules order steps switch off rename',
    enabled: isOpen,
    needs: 'an open checkpoint',
    run: () => screen.getState().show('recipe'),
  },
} satisfies Readonly<Record<string, Action>>;
