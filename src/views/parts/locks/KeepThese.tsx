import { Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import classes from './KeepThese.module.css';
import { useOwnSettings } from './ownSettings';

/** Where an edit of the whole model would take the place of what layers are set to by themselves: the way to keep that. */
export function KeepThese() {
  const own = useOwnSettings();
  if (!own) return null;
  return (
    <p className={classes.note}>
      <span>
        <bdi>{own.who}</bdi> {own.text}
      </span>
      <Button
        size="compact-xs"
        leftSection={<IconLock size={13} stroke={1.8} />}
        title={own.title}
        onClick={() => own.keep()}
      >
        {own.label}
      </Button>
    </p>
  );
}
