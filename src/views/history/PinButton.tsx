import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPin } from '@tabler/icons-react';
import type { Snapshot } from '../../state/snapshots';
import { studio, useStudio } from '../../state/store';
import classes from './SnapshotTable.module.css';

const letters = ['A', 'B'] as const;

/** Pins a snapshot, as A or as B. */
export function PinButton({ snapshot: { id, name } }: { readonly snapshot: Snapshot }) {
  const place = useStudio(({ pinned }) => pinned.indexOf(id));
  const letter = letters[place];
  return (
    <Tooltip label={letter ? `Pinned as ${letter}: let go` : 'Pin, to flip to it by F'}>
      <ActionIcon
        size={24}
        className={classes.pin}
        aria-label={`Pin ${name}`}
        aria-pressed={letter !== undefined}
        onClick={() => studio.getState().pin(id)}
      >
        {letter ?? <IconPin size={14} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}
