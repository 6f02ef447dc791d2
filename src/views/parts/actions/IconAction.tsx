import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Action } from '../../../state/actions';
import { useStudio } from '../../../state/store';
import classes from './IconAction.module.css';
import { Keys } from './Keys';
import { perform } from './perform';

/** An action as a small button; its name and its key are in the hint. */
export function IconAction({ action, icon }: { readonly action: Action; readonly icon: ReactNode }) {
  const enabled = useStudio(action.enabled);
  const [key] = action.keys;
  return (
    <Tooltip
      label={
        <span className={classes.hint}>
          {action.label} {key && <Keys keys={key} />}
        </span>
      }
    >
      <ActionIcon aria-label={action.label} disabled={!enabled} onClick={() => perform(action)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
