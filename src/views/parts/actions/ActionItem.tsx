import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Action } from '../../../state/actions';
import { useStudio } from '../../../state/store';
import { Keys } from './Keys';
import { perform } from './perform';

interface ActionItemProps {
  readonly action: Action;
  /** Shorter than its own, where the menu says the rest. */
  readonly label?: string;
  readonly icon?: ReactNode;
}

/** An action as an item of a menu. */
export function ActionItem({ action, label, icon }: ActionItemProps) {
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
