/** Recipes that a person gave a name: what they came to, two of them pinned, and the one that is looked at. */
import { isEqual } from '../lib/equal';
import type { Recipe } from '../pruning/recipe';
import type { MetricId } from './evaluation';
import type { RecipeSlice } from './recipeSlice';

export interface Snapshot {
  readonly id: string;
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly recipe: Recipe;
  /** What was done last when it was taken, in words. */
  readonly what: string;
  /** Of the weights that are in, 0 to 1; like all below absent until it was known. */
  readonly sparsity?: number;
  readonly quality?: SnapshotQuality;
  /** Of the file that an export gives, and of which export. */
  readonly bytes?: { readonly of: 'file' | 'gzip' | 'slim'; readonly size: number };
  /** Multiplications for one sample, without those by zeros. */
  readonly macs?: number;
  /** For one sample, of the model that is exported: once a slim model was timed beside the original. */
  readonly milliseconds?: number;
}

export interface SnapshotQuality {
  /** What the model was run on, in words. */
  readonly inputs: string;
  readonly figures: { readonly [id in MetricId]?: number };
}

/** Ids of two snapshots at most. */
export type Pinned = readonly [string?, string?];

export interface SnapshotsSlice {
  /** In the order in which they were taken. */
  readonly snapshots: readonly Snapshot[];
  readonly pinned: Pinned;
  /** Which of `flippable` is shown in the place of the present recipe while a key is held; null: none. */
  readonly flipped: string | null;
  /** Of the committed recipe. @param name absent: what was done last */
  takeSnapshot(name?: string): void;
  /** One history entry. */
  backTo(id: string): void;
  renameSnapshot(id: string, name: string): void;
  removeSnapshot(id: string): void;
  /** Pins it, in the place of the second where two are; what is pinned is let go. */
  pin(id: string): void;
  /** Shows one of `flippable`, or with null the present recipe again. */
  flip(id: string | null): void;
  /** Snapshots that were kept, in the place of those at hand. */
  restoreSnapshots(snapshots: readonly Snapshot[], pinned: Pinned): void;
}

/** A recipe to look at for a moment. */
export interface Flippable {
  /** A snapshot's, or `opened`. */
  readonly id: string;
  readonly name: string;
  readonly recipe: Recipe;
}

/** What the present recipe can be flipped to, the first by its key: what is pinned and another, and the file as it was opened. */
export function flippable({ snapshots, pinned, history }: SnapshotsSlice & Pick<RecipeSlice, 'history'>): Flippable[] {
  const { past, present } = history;
  const kept = pinned.flatMap((id) => snapshots.find((each) => each.id === id) ?? []);
  const opened = { id: 'opened', name: 'As opened', recipe: (past[0] ?? present).recipe };
  return [...kept, opened].filter(({ recipe }) => !isEqual(recipe, present.recipe));
}
