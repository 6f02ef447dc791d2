/** Work as it is kept: a versioned document of plain data, checked when it is read. */
import { formatRecipe, parseRecipe } from '../../pruning/parseRecipe';
import type { Recipe } from '../../pruning/recipe';
import type { TensorId } from '../../tensors/tensor';
import type { History, HistoryEntry } from '../history';
import type { EditScope } from '../selectionSlice';
import type { Pinned, Snapshot } from '../snapshots';
import type { KeptInputs } from './keptInputs';

/** How it was looked at. */
export interface KeptView {
  readonly editScope: EditScope;
  readonly filter: string;
  readonly unfolded: boolean;
  readonly openGroups: readonly string[];
  /** Of the editor. */
  readonly tab: string;
}

/** What a person would miss that comes back to a checkpoint. */
export interface Work {
  readonly history: History<HistoryEntry>;
  readonly snapshots: readonly Snapshot[];
  readonly pinned: Pinned;
  readonly selection: readonly TensorId[];
  readonly view: KeptView;
  /** What the model was run on; absent: it was not run. */
  readonly inputs?: KeptInputs;
}

export const workFormat = 'secateur-work';
export const workVersion = 1;

type Written<Kept> = Omit<Kept, 'recipe'> & { readonly recipe: string };

/** Recipes are there as their own text: it has a version of its own. */
export interface WorkDocument extends Omit<Work, 'history' | 'snapshots'> {
  readonly format: typeof workFormat;
  readonly version: typeof workVersion;
  readonly history: History<Written<HistoryEntry>>;
  readonly snapshots: readonly Written<Snapshot>[];
}

/** Characters of recipes that are kept of what was done: the oldest steps go first. */
const mostText = 8e6;

const texts = new WeakMap<Recipe, string>();

/** Written once, however often the work is. */
function textOf(recipe: Recipe): string {
  const text = texts.get(recipe) ?? formatRecipe(recipe);
  texts.set(recipe, text);
  return text;
}

export function writeWork({ history, snapshots, ...rest }: Work): WorkDocument {
  const written = <Kept extends { readonly recipe: Recipe }>(kept: Kept) => ({ ...kept, recipe: textOf(kept.recipe) });
  const future = history.future.map(written);
  const present = written(history.present);
  let left = mostText - [present, ...future].reduce((sum, { recipe }) => sum + recipe.length, 0);
  const past = history.past.map(written).reverse();
  const gone = past.findIndex(({ recipe }) => {
    left -= recipe.length;
    return left < 0;
  });
  return {
    format: workFormat,
    version: workVersion,
    ...rest,
    history: { past: (gone < 0 ? past : past.slice(0, gone)).reverse(), present, future },
    snapshots: snapshots.map(written),
  };
}

/** A document of one version as the next one has it. */
export type Upgrade = (document: object) => object;

/** By the version that they begin from. The first version is the newest so far. */
const upgrades: ReadonlyMap<number, Upgrade> = new Map();

export type ReadWork =
  | { readonly kind: 'work'; readonly work: Work }
  /** It is left as it is, for the Secateur that wrote it. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

/** @param document as it lay on the shelf: anything */
export function readWork(document: unknown, known: ReadonlyMap<number, Upgrade> = upgrades): ReadWork {
  try {
    let read = document as WorkDocument;
    if (read?.format !== workFormat) return { kind: 'damaged' };
    if (read.version > workVersion) return { kind: 'newer', version: read.version };
    for (let upgrade = known.get(read.version); upgrade; upgrade = known.get(read.version)) {
      read = upgrade(read) as WorkDocument;
    }
    return read.version === workVersion ? { kind: 'work', work: workIn(read) } : { kind: 'damaged' };
  } catch {
    // A field that is none, a recipe that no longer is one.
    return { kind: 'damaged' };
  }
}

function workIn({ format: _, version: __, history, snapshots, ...rest }: WorkDocument): Work {
  // Undoing gives the very recipe that was there before, so equal texts are one recipe.
  const recipes = new Map<string, Recipe>();
  const read = <Kept extends { readonly recipe: string }>(kept: Kept) => {
    const recipe = recipes.get(kept.recipe) ?? parseRecipe(kept.recipe);
    recipes.set(kept.recipe, recipe);
    return { ...kept, recipe };
  };
  const { editScope, filter, unfolded, openGroups, tab } = rest.view;
  return {
    ...rest,
    view: { editScope, filter, unfolded, openGroups: [...openGroups], tab },
    selection: [...rest.selection],
    history: {
      past: history.past.map(read),
      present: read(history.present),
      future: history.future.map(read),
    },
    snapshots: snapshots.map(read),
  };
}
