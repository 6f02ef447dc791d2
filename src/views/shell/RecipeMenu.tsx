import { Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconClipboardText,
  IconCopy,
  IconDeviceFloppy,
  IconFileImport,
  IconHistory,
  IconLink,
} from '@tabler/icons-react';
import { found } from '../../lib/known';
import { workActions } from '../../state/actions/work';
import { ActionItem, RecordItem } from './ActionItem';
import { KeptNote } from './KeptNote';

const [copyLinkRecord, restoreRecord] = workActions;
const copyLink = found(copyLinkRecord, 'the command');
const restoreWork = found(restoreRecord, 'the command');

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
      <ActionItem id="saveRecipe" label="Save as a file" icon={<IconDeviceFloppy size={16} stroke={1.6} />} />
      <ActionItem id="copyRecipe" label="Copy as JSON" icon={<IconCopy size={16} stroke={1.6} />} />
      <RecordItem action={copyLink} label="Copy as a link" icon={<IconLink size={16} stroke={1.6} />} />
      <ActionItem id="open" label="Apply one from a file…" icon={<IconFileImport size={16} stroke={1.6} />} />
      <ActionItem id="pasteRecipe" label="Apply the copied one" icon={<IconClipboardText size={16} stroke={1.6} />} />
      <RecordItem action={restoreWork} label="Restore kept work…" icon={<IconHistory size={16} stroke={1.6} />} />
      <KeptNote />
    </>
  );
}
