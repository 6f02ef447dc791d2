import { ActionIcon, CloseButton, Menu, TextInput } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { formatInteger } from '../../lib/numbers';
import type { ModelOfFile } from '../../state/checkpointSlice';
import { modelTermOf, usualFilters } from '../../state/layerFilter';
import { screen } from '../../state/screen';
import classes from './FilterBox.module.css';
import type { KindGroup } from './kinds';

interface FilterBoxProps {
  readonly value: string;
  readonly groups: readonly KindGroup[];
  readonly models: readonly ModelOfFile[];
  onChange(value: string): void;
  /** Leaves for the rows. */
  onLeave(): void;
}

/** What both boxes are called. */
const name = 'Filter layers';

/** Narrows the rows shown; it switches nothing. */
export function FilterBox({ value, groups, models, onChange, onLeave }: FilterBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  // The box of the file as it was measured gives way to this one, perhaps in the middle of a word.
  const [isTyping] = useState(() => document.activeElement?.getAttribute('aria-label') === name);
  useEffect(() => {
    if (!isTyping || !input.current) return;
    input.current.focus();
    input.current.setSelectionRange(input.current.value.length, input.current.value.length);
  }, [isTyping]);
  useEffect(() => {
    const focusFilter = () => input.current?.select();
    screen.setState({ focusFilter });
  }, []);
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
      ref={input}
      aria-label={name}
      placeholder="Filter: name, glob, sparsity>90"
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
        <ActionIcon size={22} variant="subtle" color="gray" aria-label="Show only some" title="Show only some">
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
        <Menu.Divider />
        <Menu.Label>By figure or state</Menu.Label>
        {usualFilters.map(({ text, shows }) => (
          <Menu.Item
            key={text}
            rightSection={<code className={classes.term}>{text}</code>}
            onClick={() => onChoose(text)}
          >
            {shows}
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
