/** Taking snapshots, and looking at them. */
import { later } from '../lib/later';
import type { StudioContext } from './context';
import { flippable, type Pinned, type SnapshotsSlice } from './snapshots';
import type { StudioState } from './studio';

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
      const recipe = id === null ? undefined : flippable(get()).find((each) => each.id === id)?.recipe;
      get().glance(recipe ?? null);
      // A drag goes on: nothing is shown in its place.
      set({ flipped: recipe && get().recipe === recipe ? id : null });
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
      evaluation.trail === previous.evaluation.trail &&
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
