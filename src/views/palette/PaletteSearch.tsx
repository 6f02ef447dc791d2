import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { at } from '../../lib/known';
import { formatQuantity } from '../../lib/numbers';
import { type Action, actions } from '../../state/actions';
import { studio } from '../../state/store';
import { isPressed } from '../parts/actions/isPressed';
import { useSamples } from '../parts/samples';
import { Option } from './Option';
import classes from './Palette.module.css';
import { sectionsFor } from './sections';

interface PaletteSearchProps {
  onRun(action: Action): void;
  onLeave(): void;
}

const listId = 'palette-list';
const optionId = (position: number) => `palette-option-${position}`;

/** A text field over a list: the keyboard stays in the field. */
export function PaletteSearch({ onRun, onLeave }: PaletteSearchProps) {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const samples = useSamples();
  // As it is when the palette opens: it covers all else.
  const [state] = useState(studio.getState);
  const sections = useMemo(() => sectionsFor(typed.trim(), state, samples), [typed, state, samples]);
  const all = sections.flatMap((section) => section.actions);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`#${optionId(active)}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const take = (action: Action | undefined) => {
    if (action?.enabled(state)) onRun(action);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const to = all.length === 0 ? undefined : targetOf(event.key, active, all.length);
    if (to !== undefined) setActive(to);
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) take(all[active]);
    else if (actions.palette.keys.some((key) => isPressed(key, event.nativeEvent))) onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  let position = 0;
  return (
    <>
      <div className={classes.field}>
        <IconSearch size={18} stroke={1.7} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-label="Find a command or a layer"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={all.length > 0 ? optionId(active) : undefined}
          aria-autocomplete="list"
          placeholder="A command, or a layer’s name"
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setActive(0);
            list.current?.scrollTo(0, 0);
          }}
          onKeyDown={press}
        />
      </div>
      <div ref={list} id={listId} className={classes.list} role="listbox" aria-label="Commands and layers">
        {sections.map(({ title = 'Commands', actions }) => {
          const first = position;
          position += actions.length;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
            <div key={title} role="group" aria-label={title}>
              <div className={classes.title} aria-hidden>
                {title}
              </div>
              {actions.map((action, i) => (
                <Option
                  key={action.id}
                  id={optionId(first + i)}
                  action={action}
                  state={state}
                  isActive={first + i === active}
                  isAlone={typed.trim() !== ''}
                  onPoint={() => setActive(first + i)}
                  onTake={() => take(at(actions, i))}
                />
              ))}
            </div>
          );
        })}
      </div>
      {all.length === 0 && (
        <p className={classes.nothing}>
          Nothing is called <bdi>{typed}</bdi>.
        </p>
      )}
      <output className={classes.count}>{formatQuantity(all.length, 'result')}</output>
    </>
  );
}

/** How far a page is, in options. */
const page = 8;

function targetOf(key: string, from: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return (from + 1) % count;
    case 'ArrowUp':
      return (from - 1 + count) % count;
    case 'PageDown':
      return Math.min(count - 1, from + page);
    case 'PageUp':
      return Math.max(0, from - page);
  }
  return undefined;
}
