import { IconLock, IconLockOpen } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { studio } from '../../state/store';
import type { TensorId } from '../../tensors/tensor';
import type { ColumnId } from './columns';
import type { Inclusion } from './inclusion';
import classes from './LockButton.module.css';

interface LockButtonProps {
  readonly ids: readonly TensorId[];
  /** How many of them are locked. */
  readonly locked: Inclusion;
  /** Of the tensor or the group. */
  readonly name: string;
}

/** Keeps rules and presets from tensors. Seen on the row that is worked on, and wherever something is locked. */
export function LockButton({ ids, locked, name }: LockButtonProps) {
  const isAll = locked === 'all';
  const Icon = locked === 'none' ? IconLockOpen : IconLock;
  return (
    <button
      type="button"
      className={classes.lock}
      // The grid is one stop of the Tab key; L locks from there.
      tabIndex={-1}
      aria-label={`Lock ${name}`}
      aria-pressed={locked === 'some' ? 'mixed' : isAll}
      title={isAll ? 'Unlock: rules may change it again (L)' : 'Lock: no rule and no preset changes it (L)'}
      onClick={() => studio.getState().setLocked(ids, !isAll)}
    >
      <Icon size={14} aria-hidden />
    </button>
  );
}

/** Beside the threshold, which it keeps; where that has no column, or the row says in its place why it is out, in the next best. */
export function lockColumnOf(columns: readonly ColumnId[], isOut = false): ColumnId {
  const [first, second]: ColumnId[] = isOut ? ['sparsity', 'threshold'] : ['threshold', 'sparsity'];
  return [first, second].find((id) => id !== undefined && columns.includes(id)) ?? 'name';
}

/** A cell with its lock, if it has one, before what it shows. */
export function LockPlace({ lock, children }: { readonly lock: ReactNode; readonly children: ReactNode }) {
  if (!lock) return children;
  return (
    <span className={classes.place}>
      {lock}
      <span className={classes.beside}>{children}</span>
    </span>
  );
}
