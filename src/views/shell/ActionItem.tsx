import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Action, type ActionId, actions } from '../../state/actions';
import { useStudio } from '../../state/store';
import { perform } from '../parts/perform';
import { Keys } from './Keys';

interface ActionItemProps {
  readonly id: ActionId;
  /** Shorter than its own, where the menu says the rest. */
  readonly label?: string;
  readonly icon: ReactNode;
}

/** An action as an item of a menu. */
export function ActionItem({ id, ...rest }: ActionItemProps) {
  return <RecordItem action={actions[id]} {...rest} />;
}

interface RecordItemProps extends Omit<ActionItemProps, 'id'> {
  readonly action: Action;
}

/** As ActionItem, of a record that the first screen does not name. */
export function RecordItem({ action, label, icon }: RecordItemProps) {
  const enabled = useStudio(action.enabled);
  const [key] = action.keys;
  return (
    <Menu.Item
      leftSection={icon}
      rightSection={key && <Keys keys={key} />}
      disabled={!enabled}
      onClick={() => perform(action)}
    >
      {label ?? action.label}
    </Menu.Item>
  );
}
