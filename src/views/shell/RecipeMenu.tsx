import { Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconClipboardText,
  IconCopy,
  IconDeviceFloppy,
  IconFileImport,
  IconHistory,
  IconLink,
  IconListDetails,
  IconRestore,
  IconTerminal2,
} from '@tabler/icons-react';
import { actions } from '../../state/actions';
import { copyCommand } from '../../state/actions/copyCommand';
import { historyActions } from '../../state/actions/history';
import { workActions } from '../../state/actions/work';
import { ActionItem } from '../parts/actions/ActionItem';
import { KeptNote } from './KeptNote';

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
        <RecipeItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** What one does with the recipe at hand. */
export function RecipeItems() {
  return (
    <>
      <ActionItem action={historyActions.editRecipe} label="Edit…" icon={<IconListDetails size={16} stroke={1.6} />} />
      <ActionItem action={historyActions.history} icon={<IconHistory size={16} stroke={1.6} />} />
      <ActionItem
        action={actions.saveRecipe}
        label="Save as a file"
        icon={<IconDeviceFloppy size={16} stroke={1.6} />}
      />
      <ActionItem action={actions.copyRecipe} label="Copy as JSON" icon={<IconCopy size={16} stroke={1.6} />} />
      <ActionItem action={workActions.copyLink} label="Copy as a link" icon={<IconLink size={16} stroke={1.6} />} />
      <ActionItem action={copyCommand} label="Copy command" icon={<IconTerminal2 size={16} stroke={1.6} />} />
      <ActionItem
        action={actions.open}
        label="Apply one from a file…"
        icon={<IconFileImport size={16} stroke={1.6} />}
      />
      <ActionItem
        action={actions.pasteRecipe}
        label="Apply the copied one"
        icon={<IconClipboardText size={16} stroke={1.6} />}
      />
      <ActionItem
        action={workActions.restoreWork}
        label="Restore kept work…"
        icon={<IconRestore size={16} stroke={1.6} />}
      />
      <KeptNote />
    </>
  );
}
