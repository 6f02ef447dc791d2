import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowsDiff, IconFileDatabase, IconFolderOpen, IconHome } from '@tabler/icons-react';
import { formatBytes } from '../../lib/numbers';
import { screen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { useSamples } from '../parts/samples';
import { ActionItem } from './ActionItem';
import { goHome } from './home';

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
  const isOpen = useStudio((state) => state.checkpoint !== null);
  const isCompared = useStudio((state) => state.compared !== null);
  const openSample = useStudio((state) => state.openSample);
  return (
    <>
      <ActionItem id="open" label="Open a file…" icon={<IconFolderOpen {...icon} />} />
      <Menu.Item
        leftSection={<IconArrowsDiff {...icon} />}
        disabled={!isOpen}
        onClick={() => screen.getState().show('compare')}
      >
        {isCompared ? 'Show the comparison' : 'Compare with another…'}
      </Menu.Item>
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
      <Menu.Item leftSection={<IconHome {...icon} />} onClick={goHome}>
        Start page
      </Menu.Item>
    </>
  );
}
