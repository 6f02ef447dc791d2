import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { studio } from '../../state/store';
import type { TensorId } from '../../tensors/tensor';
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
