import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { takeAction } from '../../../state/actions/taking';
import { perform } from '../../parts/actions/perform';
import { classNames } from '../../parts/classNames';
import classes from './TakeMenu.module.css';
import { type Taken, useTakeable } from './useTakeable';

/** A chart, or a table, as a file. @param floats over the chart's corner, and is seen where one points at it or is with the keyboard */
export function TakeMenu({ floats = false, ...taken }: Taken & { readonly floats?: boolean }) {
  const takeable = useTakeable(taken);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          className={classNames(classes.button)}
          data-floats={floats}
          data-not-taken
          size={24}
          aria-label={`${taken.title} as a file`}
          title="As a file"
        >
          <IconDownload size={14} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {takeable.kinds.map((as) => (
          <Menu.Item key={as} onClick={() => void perform(takeAction(takeable, as))}>
            Download {as}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
