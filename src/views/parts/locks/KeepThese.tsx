import { Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMemo } from 'react';
import { at } from '../../../lib/known';
import { formatQuantity } from '../../../lib/numbers';
import { setApart } from '../../../state/locks';
import { studio, useStudio } from '../../../state/store';
import classes from './KeepThese.module.css';

/** Where an edit of the whole model would take the place of what layers are set to by themselves: the way to keep that. */
export function KeepThese() {
  const deciding = useStudio((state) => state.deciding);
  const candidates = useStudio((state) => state.candidates);
  const ids = useMemo(() => setApart(deciding, candidates), [deciding, candidates]);
  if (ids.length === 0) return null;
  const isOne = ids.length === 1;
  const first = candidates.find(({ id }) => id === at(ids, 0));
  return (
    <p className={classes.note}>
      <span>
        {isOne ? <bdi>{first?.name}</bdi> : formatQuantity(ids.length, 'layer')}{' '}
        {isOne ? 'has a setting' : 'have settings'} of {isOne ? 'its' : 'their'} own. What is done to the whole model
        takes {isOne ? 'its' : 'their'} place.
      </span>
      <Button
        size="compact-xs"
        leftSection={<IconLock size={13} stroke={1.8} />}
        title={isOne ? 'Locks it as it is' : 'Locks them as they are'}
        onClick={() => studio.getState().setLocked(ids, true)}
      >
        {isOne ? 'Keep this' : 'Keep these'}
      </Button>
    </p>
  );
}
