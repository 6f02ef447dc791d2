/**
 * Everything that a button, a key, a menu, the command palette and the sheet of shortcuts share: one record a command.
 * Here is what the first screen needs; all others are lists in `actions/`, which `actions/table.ts` puts together.
 */
import { suffixed } from '../engine/writing/fileName';
import { formatRecipe } from '../pruning/parseRecipe';
import { withoutStaleRepair } from '../pruning/repair';
import { scoresBy } from '../pruning/ruleLists';
import { download } from './download';
import { screen } from './screen';
import type { StudioState } from './studio';
import { hasUnsavedWork } from './unsaved';
import { isKept } from './work/workState';

/** Headings of the palette and of the sheet of shortcuts, in their order. */
export const actionGroups = [
  'File',
  'Recipe',
  'Layers',
  'View',
  'Presets',
  'Quality',
  'Repair and slim',
  'Compare',
  'Page',
] as const;

export interface Action {
  /** Its own among all. */
  readonly id: string;
  /** What it does, as hints, palette and sheet say it; menus may say less. */
  readonly label: string;
  readonly group: (typeof actionGroups)[number];
  /** As `mod+Z`, where mod is Ctrl, or Cmd on a Mac; the first one is shown. */
  readonly keys: readonly string[];
  /** The keys count in this table alone, which answers to them itself. Absent: wherever the focus is. */
  readonly within?: 'layers';
  /** What comes of it, where the label leaves that open: one sentence. */
  readonly about?: string;
  /** Other words that one may look for it by. */
  readonly also?: string;
  enabled(state: StudioState): boolean;
  /** What is missing where it is not enabled, in a few words. */
  readonly needs?: string;
  /** Of a switch: whether it is on. */
  isOn?(state: StudioState): boolean;
  run(state: StudioState): void | Promise<void>;
  /** Said once it has run, where nothing on the screen shows it. */
  said?(state: StudioState): string;
}

/** Of some the table has as many as there are layers, presets, models: those that there are now. */
export type ActionList = readonly Action[] | ((state: StudioState) => readonly Action[]);

/** What buttons of the first screen name. */
export type ActionId =
  | 'open'
  | 'openFolder'
  | 'export'
  | 'undo'
  | 'redo'
  | 'saveRecipe'
  | 'copyRecipe'
  | 'pasteRecipe'
  | 'cancel'
  | 'home'
  | 'palette'
  | 'search'
  | 'help';

export function isBusy({ status }: StudioState): boolean {
  return status.kind === 'opening' || status.kind === 'exporting';
}

export function canEdit(state: StudioState): boolean {
  return state.checkpoint !== null && !isBusy(state);
}

/** The recipe as a file holds it: a repair that was made for an earlier one is left out. */
export function recipeText({ recipe }: StudioState): string {
  return formatRecipe(withoutStaleRepair(recipe));
}

/** `resnet.pth` → `resnet.recipe.json` */
export function recipeFileName(state: StudioState): string {
  return besideCheckpoint(state, '.recipe.json');
}

function besideCheckpoint({ checkpoint }: StudioState, extension: string): string {
  return suffixed(checkpoint?.fileName ?? 'secateur', '', extension);
}

/** The recipe, and beside it what it goes by, if it does: norms of inputs, and weights that were repaired. */
async function saveRecipe(state: StudioState): Promise<void> {
  download(new Blob([recipeText(state)], { type: 'application/json' }), recipeFileName(state));
  const { normsForRecipe } = await import('./inputNorms');
  const norms = await normsForRecipe(state);
  if (norms) download(norms, besideCheckpoint(state, '.norms.safetensors'));
  if (state.repair.isFresh) await state.saveRepair();
  state.markSaved(state.recipe);
}

function copied({ recipe }: StudioState): string {
  const said = 'The recipe is on the clipboard.';
  return scoresBy('norms', recipe) || scoresBy('moments', recipe)
    ? `${said} What it knows of inputs is not: save it as a file to have them, too.`
    : said;
}

export const actions: Readonly<Record<ActionId, Action>> = {
  open: {
    id: 'open',
    label: 'Open a checkpoint or a recipe',
    group: 'File',
    keys: ['mod+O'],
    enabled: () => true,
    run: () => screen.getState().chooseFiles(),
  },
  openFolder: {
    id: 'openFolder',
    label: 'Open a folder: shards, a training run, images',
    group: 'File',
    keys: [],
    enabled: (state) => !isBusy(state),
    run: async (state) => (await import('./chooseFolder')).chooseFolder(state),
  },
  export: {
    id: 'export',
    label: 'Export the pruned file',
    group: 'File',
    keys: ['mod+E'],
    enabled: canEdit,
    needs: 'an open checkpoint',
    run: () => screen.getState().show('export'),
  },
  undo: {
    id: 'undo',
    label: 'Undo',
    group: 'Recipe',
    keys: ['mod+Z'],
    enabled: (state) => canEdit(state) && state.canUndo,
    needs: 'something to undo',
    run: (state) => state.undo(),
  },
  redo: {
    id: 'redo',
    label: 'Redo',
    group: 'Recipe',
    keys: ['mod+shift+Z', 'mod+Y'],
    enabled: (state) => canEdit(state) && state.canRedo,
    needs: 'something to redo',
    run: (state) => state.redo(),
  },
  saveRecipe: {
    id: 'saveRecipe',
    label: 'Save the recipe as a file',
    group: 'Recipe',
    keys: ['mod+S'],
    enabled: canEdit,
    needs: 'an open checkpoint',
    run: saveRecipe,
  },
  copyRecipe: {
    id: 'copyRecipe',
    label: 'Copy the recipe',
    group: 'Recipe',
    keys: [],
    enabled: canEdit,
    needs: 'an open checkpoint',
    run: (state) => navigator.clipboard.writeText(recipeText(state)),
    said: copied,
  },
  pasteRecipe: {
    id: 'pasteRecipe',
    label: 'Apply the recipe on the clipboard',
    group: 'Recipe',
    keys: [],
    enabled: (state) => !isBusy(state),
    needs: 'something is running',
    run: async (state) => {
      const text = await navigator.clipboard.readText();
      const { applyPasted } = await import('./recipeLink');
      // What is none is read as one all the same, which says what is wrong with it.
      if (!(await applyPasted(text))) await state.applyRecipeText(text, 'The pasted recipe');
    },
  },
  cancel: {
    id: 'cancel',
    label: 'Cancel opening or exporting',
    group: 'File',
    keys: ['Escape'],
    enabled: isBusy,
    needs: 'something that runs',
    run: (state) => state.cancel(),
  },
  home: {
    id: 'home',
    label: 'Close the checkpoint: to the start page',
    group: 'File',
    keys: [],
    enabled: ({ checkpoint }) => checkpoint !== null,
    needs: 'an open checkpoint',
    // Work that only this page holds is asked about first.
    run: (state) => (hasUnsavedWork(state) && !isKept() ? screen.getState().show('leave') : state.closeCheckpoint()),
  },
  palette: {
    id: 'palette',
    label: 'Find a command or a layer',
    group: 'Page',
    keys: ['mod+K', 'mod+shift+P'],
    enabled: () => true,
    run: () => screen.getState().show('palette'),
  },
  search: {
    id: 'search',
    label: 'Filter the layers',
    group: 'Layers',
    keys: ['/', 'shift+/'],
    enabled: (state) => state.checkpoint !== null,
    needs: 'an open checkpoint',
    run: () => screen.getState().focusFilter(),
  },
  help: {
    id: 'help',
    label: 'Help and keyboard shortcuts',
    group: 'Page',
    keys: ['shift+?'],
    enabled: () => true,
    run: () => screen.getState().showHelp('keys'),
  },
};
