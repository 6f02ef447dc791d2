/** Rows chosen in the table, and what an edit is meant for. */
import type { TensorId } from '../tensors/tensor';
import type { StudioContext } from './context';

/** What the handle and its number fields act on. */
export type EditScope = 'layer' | 'selected' | 'model';

export interface SelectionSlice {
  /** In order of choosing; the last one is shown in the editor. Never empty while a checkpoint is open (unless it has no tensors). */
  selection: readonly TensorId[];
  editScope: EditScope;
  /**
   * `add`: Ctrl+click toggles one. `range`: the caller passes all ids between. Where more than one is selected edits are of
   * all of them, and of the one where one is; whoever edits the whole model goes on doing so.
   */
  select(ids: readonly TensorId[], how: 'only' | 'add'): void;
  setEditScope(scope: EditScope): void;
}

/** An edit is meant for what is selected, all of it. */
function scopeFor(selection: readonly TensorId[], scope: EditScope): EditScope {
  if (scope === 'model') return scope;
  return selection.length > 1 ? 'selected' : 'layer';
}

export function createSelectionSlice({ get, set }: StudioContext<SelectionSlice>): SelectionSlice {
  const change = (selection: readonly TensorId[]) =>
    set({ selection, editScope: scopeFor(selection, get().editScope) });
  return {
    selection: [],
    editScope: 'layer',
    select: (ids, how) => {
      if (how === 'only') {
        change(ids);
        return;
      }
      const { selection } = get();
      const added = ids.filter((id) => !selection.includes(id));
      const kept = selection.filter((id) => !ids.includes(id));
      // Toggling off the only selected row would leave the editor with nothing to show.
      const next = [...kept, ...added];
      if (next.length > 0) change(next);
    },
    setEditScope: (editScope) => set({ editScope }),
  };
}
