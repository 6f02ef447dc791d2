import { ActionIcon, CloseButton, Menu, TextInput } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { formatInteger } from '../../lib/numbers';
import type { ModelOfFile } from '../../state/checkpointSlice';
import classes from './FilterBox.module.css';
import { modelTermOf } from './filter';
import type { KindGroup } from './kinds';

interface FilterBoxProps {
  readonly value: string;
  readonly groups: readonly KindGroup[];
  readonly models: readonly ModelOfFile[];
  onChange(value: string): void;
  /** Leaves for the rows. */
  onLeave(): void;
}

/** Narrows the rows shown; it switches nothing. */
export function FilterBox({ value, groups, models, onChange, onLeave }: FilterBoxProps) {
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
      leftSection={<KindMenu groups={groups} models={models} onChoose={onChange} />}
      rightSection={value !== '' && <CloseButton size="xs" aria-label="Clear filter" onClick={() => onChange('')} />}
    />
  );
}

interface KindMenuProps extends Pick<FilterBoxProps, 'groups' | 'models'> {
  onChoose(filter: string): void;
}

function KindMenu({ groups, models, onChoose }: KindMenuProps) {
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
        {models.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>Show only the model</Menu.Label>
            {models.map(({ id, title }) => (
              <Menu.Item key={id} onClick={() => onChoose(modelTermOf(id))}>
                {title}
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
