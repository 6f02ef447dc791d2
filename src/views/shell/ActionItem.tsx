import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { type ActionId, actions } from '../../state/actions';
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
export function ActionItem({ id, label, icon }: ActionItemProps) {
  const action = actions[id];
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
