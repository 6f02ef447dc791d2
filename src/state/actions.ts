/** Everything that a button, a key and the help dialog share: one record a command. */
import { suffixed } from '../engine/writing/fileName';
import { formatRecipe } from '../pruning/parseRecipe';
import { withoutStaleRepair } from '../pruning/repair';
import { download } from './download';
import { screen } from './screen';
import type { StudioState } from './studio';

export interface Action {
  readonly id: ActionId;
  readonly label: string;
  /** As `mod+Z`, where mod is Ctrl, or Cmd on a Mac; the first one is shown. */
  readonly keys: readonly string[];
  enabled(state: StudioState): boolean;
  run(state: StudioState): void | Promise<void>;
}

export type ActionId =
  | 'open'
  | 'export'
  | 'undo'
  | 'redo'
  | 'saveRecipe'
  | 'copyRecipe'
  | 'pasteRecipe'
  | 'cancel'
  | 'help';

export function isBusy({ status }: StudioState): boolean {
  return status.kind === 'opening' || status.kind === 'exporting';
}

function canEdit(state: StudioState): boolean {
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

export const actions: Readonly<Record<ActionId, Action>> = {
  open: {
    id: 'open',
    label: 'Open a checkpoint or a recipe',
    keys: ['mod+O'],
    enabled: () => true,
    run: () => screen.getState().chooseFiles(),
  },
  export: {
    id: 'export',
    label: 'Export the pruned file',
    keys: ['mod+E'],
    enabled: canEdit,
    run: () => screen.getState().show('export'),
  },
  undo: {
    id: 'undo',
    label: 'Undo',
    keys: ['mod+Z'],
    enabled: (state) => canEdit(state) && state.canUndo,
    run: (state) => state.undo(),
  },
  redo: {
    id: 'redo',
    label: 'Redo',
    keys: ['mod+shift+Z', 'mod+Y'],
    enabled: (state) => canEdit(state) && state.canRedo,
    run: (state) => state.redo(),
  },
  saveRecipe: {
    id: 'saveRecipe',
    label: 'Save the recipe as a file',
    keys: ['mod+S'],
    enabled: canEdit,
    run: saveRecipe,
  },
  copyRecipe: {
    id: 'copyRecipe',
    label: 'Copy the recipe',
    keys: [],
    enabled: canEdit,
    run: (state) => navigator.clipboard.writeText(recipeText(state)),
  },
  pasteRecipe: {
    id: 'pasteRecipe',
    label: 'Apply the recipe on the clipboard',
    keys: [],
    enabled: canEdit,
    run: async (state) => state.applyRecipeText(await navigator.clipboard.readText(), 'The pasted recipe'),
  },
  cancel: {
    id: 'cancel',
    label: 'Cancel opening or exporting',
    keys: ['Escape'],
    enabled: isBusy,
    run: (state) => state.cancel(),
  },
  help: {
    id: 'help',
    label: 'Help and keyboard shortcuts',
    keys: ['shift+?'],
    enabled: () => true,
    run: () => screen.getState().showHelp('keys'),
  },
};
