import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, IconHelp, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { actions } from '../../state/actions';
import { ActionItem } from '../parts/actions/ActionItem';
import { useOtherColours } from './colourScheme';
import { OpenItems } from './OpenMenu';
import { RecipeItems } from './RecipeMenu';

const icon = { size: 16, stroke: 1.6 };

/** In a narrow header: all that has no button there. */
export function MoreMenu() {
  const { other, label, switchColours } = useOtherColours();
  return (
    <Menu withinPortal={false}>
      <Menu.Target>
        <ActionIcon aria-label="More" title="Open, recipe, colours, help">
          <IconDotsVertical size={17} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <OpenItems />
        <Menu.Divider />
        <Menu.Label>Recipe</Menu.Label>
        <RecipeItems />
        <Menu.Divider />
        <Menu.Item
          leftSection={other === 'dark' ? <IconMoon {...icon} /> : <IconSun {...icon} />}
          onClick={switchColours}
        >
          {label}
        </Menu.Item>
        <ActionItem action={actions.palette} icon={<IconSearch {...icon} />} />
        <ActionItem action={actions.help} icon={<IconHelp {...icon} />} />
      </Menu.Dropdown>
    </Menu>
  );
}
