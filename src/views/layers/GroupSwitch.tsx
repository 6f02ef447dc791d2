import { ActionIcon, Button } from '@mantine/core';
import { IconChevronsDown, IconChevronsUp, IconListTree } from '@tabler/icons-react';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { layerTree } from '../../state/layerTree';
import { studio, useStudio } from '../../state/store';
import type { LayerTable } from './useLayerTable';

interface GroupSwitchProps {
  readonly checkpoint: OpenedCheckpoint;
  readonly grouping: LayerTable['grouping'];
  /** Whether there is room for words. */
  readonly isWide: boolean;
}

/** Whether the table goes by module, and all its groups opened or shut at once. */
export function GroupSwitch({ checkpoint, grouping, isWide }: GroupSwitchProps) {
  const isGrouped = useStudio((state) => state.groupBy === 'module');
  const keys = layerTree(checkpoint).flatMap((node) => (node.kind === 'group' ? [node.key] : []));
  const hasGroups = keys.length > 0;
  const isAllOpen = grouping !== null && keys.every(grouping.isOpen);
  const opens = isAllOpen ? 'Close all groups' : 'Open all groups';
  const about = {
    variant: isGrouped ? 'light' : 'default',
    'aria-label': 'Group by module',
    'aria-pressed': isGrouped,
    title: hasGroups ? 'Group by module' : 'Group by module: the names here tell of no modules',
    onClick: () => studio.getState().setGroupBy(isGrouped ? 'none' : 'module'),
  };
  return (
    <>
      {isWide ? (
        <Button size="xs" px={8} leftSection={<IconListTree size={16} />} {...about}>
          Group by module
        </Button>
      ) : (
        <ActionIcon {...about}>
          <IconListTree size={16} />
        </ActionIcon>
      )}
      {grouping && hasGroups && (
        <ActionIcon aria-label={opens} title={opens} onClick={() => grouping.setOpen(keys, !isAllOpen)}>
          {isAllOpen ? <IconChevronsUp size={16} /> : <IconChevronsDown size={16} />}
        </ActionIcon>
      )}
    </>
  );
}
