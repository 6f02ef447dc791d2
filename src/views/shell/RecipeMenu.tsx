import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconClipboardText, IconCopy, IconDeviceFloppy, IconFileImport } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type ActionId, actions } from '../../state/actions';
import { useStudio } from '../../state/store';
import { perform } from '../parts/perform';
import { Keys } from './Keys';

export function RecipeMenu() {
  return (
    // Within the header: a page's content belongs inside its landmarks.
    <Menu withinPortal={false}>
      <Menu.Target>
        <Button fw={500} rightSection={<IconChevronDown size={14} />}>
          Recipe
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <RecipeItem id="saveRecipe" label="Save as a file" icon={<IconDeviceFloppy size={16} stroke={1.6} />} />
        <RecipeItem id="copyRecipe" label="Copy as JSON" icon={<IconCopy size={16} stroke={1.6} />} />
        <RecipeItem id="open" label="Apply one from a file…" icon={<IconFileImport size={16} stroke={1.6} />} />
        <RecipeItem id="pasteRecipe" label="Apply the copied one" icon={<IconClipboardText size={16} stroke={1.6} />} />
      </Menu.Dropdown>
    </Menu>
  );
}

function RecipeItem({ id, label, icon }: { id: ActionId; label: string; icon: ReactNode }) {
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
      {label}
    </Menu.Item>
  );
}
