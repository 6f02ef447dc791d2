import { ActionIcon, Button } from '@mantine/core';
import { IconChevronsDown, IconChevronsUp, IconListTree } from '@tabler/icons-react';
import { groupActions } from '../../state/actions/views';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { layerTree } from '../../state/layerTree';
import { useStudio } from '../../state/store';
import { perform } from '../parts/actions/perform';
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
  const opens = (isAllOpen ? groupActions.close : groupActions.open).label;
  const about = {
    variant: isGrouped ? 'light' : 'default',
    'aria-label': groupActions.byModule.label,
    'aria-pressed': isGrouped,
    title: hasGroups ? 'Group by module' : 'Group by module: the names here tell of no modules',
    onClick: () => perform(groupActions.byModule),
  };
  return (
    <>
      {isWide ? (
        <Button size="xs" px={8} leftSection={<IconListTree size={16} />} {...about}>
          {groupActions.byModule.label}
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
