/** Recipes that a person gave a name: what they came to, two of them pinned, and the one that is looked at. */
import { later } from '../lib/later';
import type { Recipe } from '../pruning/recipe';
import type { StudioContext } from './context';
import type { MetricId } from './evaluation';
import type { StudioState } from './studio';

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
  /** What is shown in the place of the present recipe while a key is held: a snapshot's id, `opened`; null: nothing. */
  readonly flipped: string | null;
  /** Of the committed recipe. @param name absent: what was done last */
  takeSnapshot(name?: string): void;
  /** One history entry. */
  backTo(id: string): void;
  renameSnapshot(id: string, name: string): void;
  removeSnapshot(id: string): void;
  /** Pins it, in the place of the second where two are; what is pinned is let go. */
  pin(id: string): void;
  /** Shows a pinned one, `opened` (as the file came) or, with null, the present one again. */
  flip(id: string | null): void;
  /** Snapshots that were kept, in the place of those at hand. */
  restoreSnapshots(snapshots: readonly Snapshot[], pinned: Pinned): void;
}

const figures = later(() => import('./snapshotFigures'));

export function createSnapshotsSlice({ get, set }: StudioContext<StudioState>) {
  let taken = 0;

  const slice: SnapshotsSlice = {
    snapshots: [],
    pinned: [],
    flipped: null,

    takeSnapshot: (name) => {
      const { history, snapshots } = get();
      const { recipe, what } = history.present;
      const at = Date.now();
      const id = `${at.toString(36)}-${++taken}`;
      set({ snapshots: [...snapshots, { id, name: name || what, at, recipe, what }] });
    },
    backTo: (id) => {
      const snapshot = get().snapshots.find((each) => each.id === id);
      if (snapshot) get().applyRecipe(snapshot.recipe, `Back to ${snapshot.name}`);
    },
    renameSnapshot: (id, name) =>
      set({ snapshots: get().snapshots.map((each) => (each.id === id ? { ...each, name } : each)) }),
    removeSnapshot: (id) => {
      const { snapshots, pinned } = get();
      set({ snapshots: snapshots.filter((each) => each.id !== id), pinned: without(pinned, id) });
    },
    pin: (id) => {
      const { pinned } = get();
      set({ pinned: pinned.includes(id) ? without(pinned, id) : pinned[0] ? [pinned[0], id] : [id] });
    },
    flip: (id) => {
      const { snapshots, history, glance } = get();
      const before = id === 'opened' ? (history.past[0] ?? history.present) : snapshots.find((each) => each.id === id);
      glance(before?.recipe ?? null);
      set({ flipped: before ? id : null });
    },
    restoreSnapshots: (snapshots, pinned) => set({ snapshots, pinned }),
  };

  const follow = (now: StudioState, previous: StudioState) => {
    if (now.opened !== previous.opened) {
      set({ snapshots: [], pinned: [], flipped: null });
      return;
    }
    // An edit meanwhile is what is shown from then on.
    if (now.flipped && now.history !== previous.history) set({ flipped: null });
    const { snapshots, evaluation, settled, sizeEstimates, slim, repair } = now;
    if (snapshots.length === 0) return;
    const isAlike =
      snapshots === previous.snapshots &&
      evaluation.evaluation === previous.evaluation.evaluation &&
      settled === previous.settled &&
      sizeEstimates === previous.sizeEstimates &&
      slim === previous.slim &&
      repair === previous.repair;
    if (isAlike) return;
    void figures()
      .then(({ withFigures }) => {
        const known = withFigures(get());
        if (known) set({ snapshots: known });
      })
      .catch(() => {});
  };

  return { slice, follow };
}

function without(pinned: Pinned, id: string): Pinned {
  const [kept] = pinned.filter((each) => each !== id);
  return kept === undefined ? [] : [kept];
}
