import { Button } from '@mantine/core';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { formatQuantity } from '../../lib/numbers';
import type { Layer } from '../../state/checkpointSlice';
import { canLock, lockedIn } from '../../state/locks';
import { studio, useStudio } from '../../state/store';
import classes from './LayerHeading.module.css';

interface LocksProps {
  /** What the edit scope means, off or on. */
  readonly meant: readonly Layer[];
  readonly layers: readonly Layer[];
  /** It is of the one layer whose name stands above. */
  readonly isSingle?: boolean;
}

/** How many of what is meant are locked, and the way to lock or free all of it. */
export function Locks({ meant, layers, isSingle = false }: LocksProps) {
  const locks = useStudio(({ recipe }) => lockedIn(recipe, layers));
  const locked = meant.filter(({ id }) => locks.has(id));
  const free = meant.filter((layer) => canLock(layer) && !locks.has(layer.id));
  const set = (some: readonly Layer[], isLocked: boolean) =>
    studio.getState().setLocked(
      some.map(({ id }) => id),
      isLocked,
    );
  return (
    <div className={classes.note}>
      {locked.length > 0 && (
        <span>
          {isSingle
            ? 'Locked: it keeps its setting, whatever is done to the others.'
            : `${formatQuantity(locked.length, 'locked layer')} ${locked.length === 1 ? 'stays as it is' : 'stay as they are'}.`}
        </span>
      )}
      {locked.length > 0 && (
        <Button
          size="compact-xs"
          leftSection={<IconLockOpen size={13} stroke={1.8} />}
          onClick={() => set(locked, false)}
        >
          Unlock
        </Button>
      )}
      {free.length > 0 && (
        <Button
          size="compact-xs"
          leftSection={<IconLock size={13} stroke={1.8} />}
          title="Keeps its setting, whatever is done to the others"
          onClick={() => set(free, true)}
        >
          {isSingle ? 'Lock this layer' : `Lock ${formatQuantity(free.length, 'layer')}`}
        </Button>
      )}
    </div>
  );
}
