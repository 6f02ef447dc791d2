/** How the layers are laid out, in the table and in the charts: grouped or not, what is open, and what is folded away. */
import type { CheckpointSlice } from './checkpointSlice';
import type { Follow, StudioContext } from './context';
import { openAtFirst } from './layerTree';
import { remember, remembered } from './remembered';

export type GroupBy = 'none' | 'module';

export interface TableSlice {
  /** Outlasts the visit. */
  groupBy: GroupBy;
  /** Keys of the groups of `layerTree` that show what they hold. */
  openGroups: ReadonlySet<string>;
  /** Whether the rows that fold away (biases, norms, buffers that are off) show all the same. */
  unfolded: boolean;
  setGroupBy(groupBy: GroupBy): void;
  setGroupsOpen(keys: readonly string[], open: boolean): void;
  setUnfolded(unfolded: boolean): void;
}

const groupByKey = 'secateur-group-by';

type Known = TableSlice & CheckpointSlice;

export function createTableSlice({ get, set }: StudioContext<Known>): { slice: TableSlice; follow: Follow<Known> } {
  return {
    slice: {
      groupBy: remembered(groupByKey) === 'module' ? 'module' : 'none',
      openGroups: new Set(),
      unfolded: false,
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
    },
    // Modules are a file's: the next one is laid out afresh.
    follow: ({ opened }, previous) => {
      if (opened && opened !== previous.opened) set({ openGroups: openAtFirst(opened), unfolded: false });
    },
  };
}
