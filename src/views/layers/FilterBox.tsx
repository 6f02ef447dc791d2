import { ActionIcon, CloseButton, Menu, TextInput } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { formatInteger } from '../../lib/numbers';
import classes from './FilterBox.module.css';
import type { KindGroup } from './kinds';

interface FilterBoxProps {
  readonly value: string;
  readonly groups: readonly KindGroup[];
  onChange(value: string): void;
  /** Leaves for the rows. */
  onLeave(): void;
}

/** Narrows the rows shown; it switches nothing. */
export function FilterBox({ value, groups, onChange, onLeave }: FilterBoxProps) {
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Escape' && value !== '') onChange('');
    else return;
    event.preventDefault();
  };
  return (
    <TextInput
      className={classes.box}
      size="xs"
      aria-label="Filter layers"
      placeholder="Filter: name or glob"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={press}
      spellCheck={false}
      autoComplete="off"
      leftSection={<KindMenu groups={groups} onChoose={onChange} />}
      rightSection={value !== '' && <CloseButton size="xs" aria-label="Clear filter" onClick={() => onChange('')} />}
    />
  );
}

function KindMenu({ groups, onChoose }: Pick<FilterBoxProps, 'groups'> & { onChoose(filter: string): void }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <ActionIcon size={22} variant="subtle" color="gray" aria-label="Show only one kind" title="Show only one kind">
          <IconFilter size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Show only</Menu.Label>
        <Menu.Item onClick={() => onChoose('')}>everything</Menu.Item>
        {groups.map(({ kind, layers }) => (
          <Menu.Item
            key={kind}
            rightSection={<span className={classes.count}>{formatInteger(layers.length)}</span>}
            onClick={() => onChoose(`kind:${kind}`)}
          >
            {kind}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
