import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { type ActionId, actions } from '../../state/actions';
import { useStudio } from '../../state/store';
import { perform } from '../parts/perform';
import classes from './IconAction.module.css';
import { Keys } from './Keys';

/** An action as a small button; its name and its key are in the hint. */
export function IconAction({ id, icon }: { readonly id: ActionId; readonly icon: ReactNode }) {
  const action = actions[id];
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
