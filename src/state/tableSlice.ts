/** How the layers are laid out, in the table and in the charts: grouped or not, what is open, and what is folded away. */
import type { CheckpointSlice } from './checkpointSlice';
import type { Follow, StudioContext } from './context';
import { openAtFirst } from './layerTree';
import { remember, remembered } from './remembered';
import type { StatusSlice } from './statusSlice';

export type GroupBy = 'none' | 'module';

export interface TableSlice {
  /** Outlasts the visit. */
  groupBy: GroupBy;
  /** Keys of the groups of `layerTree` that show what they hold. */
  openGroups: ReadonlySet<string>;
  /** Whether the rows that fold away (biases, norms, buffers that are off) show all the same. */
  unfolded: boolean;
  /** Of the rows, as it was typed: it may be there before the file is measured. */
  filter: string;
  setGroupBy(groupBy: GroupBy): void;
  setGroupsOpen(keys: readonly string[], open: boolean): void;
  setUnfolded(unfolded: boolean): void;
  setFilter(filter: string): void;
}

const groupByKey = 'secateur-group-by';

type Known = TableSlice & CheckpointSlice & StatusSlice;

export function createTableSlice({ get, set }: StudioContext<Known>): { slice: TableSlice; follow: Follow<Known> } {
  return {
    slice: {
      groupBy: remembered(groupByKey) === 'module' ? 'module' : 'none',
      openGroups: new Set(),
      unfolded: false,
      filter: '',
      setGroupBy: (groupBy) => {
        remember(groupByKey, groupBy);
        set({ groupBy });
      },
      setGroupsOpen: (keys, open) => {
        const openGroups = new Set(get().openGroups);
        for (const key of keys) {
          if (open) openGroups.add(key);
          else openGroups.delete(key);
        }
        set({ openGroups });
      },
      setUnfolded: (unfolded) => set({ unfolded }),
      setFilter: (filter) => set({ filter }),
    },
    // Modules are a file's: the next one is laid out afresh.
    follow: ({ opened, status, filter }, previous) => {
      if (opened && opened !== previous.opened) set({ openGroups: openAtFirst(opened), unfolded: false });
      // What was typed while the first file was measured is of that file; it goes with it, or with its opening.
      const isGone = previous.opened ? opened !== previous.opened : !opened && status.kind !== 'opening';
      if (isGone && filter !== '') set({ filter: '' });
    },
  };
}
