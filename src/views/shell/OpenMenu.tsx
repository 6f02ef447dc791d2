import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowsDiff, IconFileDatabase, IconFolderOpen, IconFolders, IconHome } from '@tabler/icons-react';
import { formatBytes } from '../../lib/numbers';
import { actions } from '../../state/actions';
import { compareAction } from '../../state/actions/compare';
import { useStudio } from '../../state/store';
import { ActionItem } from '../parts/actions/ActionItem';
import { useSamples } from '../parts/samples';

const icon = { size: 16, stroke: 1.6 };

/** Another file, a sample, or the start page. */
export function OpenMenu() {
  return (
    <Menu withinPortal={false} position="bottom-start">
      <Menu.Target>
        <ActionIcon aria-label="Open" title="Open another file or a sample">
          <IconFolderOpen size={17} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <OpenItems />
      </Menu.Dropdown>
    </Menu>
  );
}

export function OpenItems() {
  const samples = useSamples();
  const isCompared = useStudio((state) => state.compared !== null);
  const openSample = useStudio((state) => state.openSample);
  return (
    <>
      <ActionItem action={actions.open} label="Open a file…" icon={<IconFolderOpen {...icon} />} />
      <ActionItem action={actions.openFolder} label="Open a folder…" icon={<IconFolders {...icon} />} />
      <ActionItem
        action={compareAction}
        label={isCompared ? 'Show the comparison' : 'Compare with another…'}
        icon={<IconArrowsDiff {...icon} />}
      />
      {samples.map(({ file, title, bytes }) => (
        <Menu.Item
          key={file}
          leftSection={<IconFileDatabase {...icon} />}
          rightSection={formatBytes(bytes)}
          onClick={() => openSample(file)}
        >
          Sample: {title}
        </Menu.Item>
      ))}
      <ActionItem action={actions.home} label="Start page" icon={<IconHome {...icon} />} />
    </>
  );
}
