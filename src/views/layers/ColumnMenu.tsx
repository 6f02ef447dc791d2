import { ActionIcon, Menu } from '@mantine/core';
import { IconColumns3, IconDownload } from '@tabler/icons-react';
import { columnMeta, type OptionalColumn, optionalColumns } from './columns';

interface ColumnMenuProps {
  readonly shown: readonly OptionalColumn[];
  onChange(shown: readonly OptionalColumn[]): void;
  /** Back to the columns shown before any were chosen. */
  onReset(): void;
  takeTable(): void;
}

export function ColumnMenu({ shown, onChange, onReset, takeTable }: ColumnMenuProps) {
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label="Columns" title="Columns">
          <IconColumns3 size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        <Menu.CheckboxGroup
          value={[...shown]}
          onChange={(chosen) => onChange(optionalColumns.filter((id) => chosen.includes(id)))}
        >
          {optionalColumns.map((id) => (
            <Menu.CheckboxItem key={id} value={id}>
              {columnMeta(id).title}
            </Menu.CheckboxItem>
          ))}
        </Menu.CheckboxGroup>
        <Menu.Divider />
        <Menu.Item onClick={onReset}>Usual columns</Menu.Item>
        <Menu.Item leftSection={<IconDownload size={14} stroke={1.7} />} onClick={takeTable}>
          Download these rows as CSV
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
