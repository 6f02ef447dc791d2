import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { found } from '../../lib/known';
import type { Layer } from '../../state/checkpointSlice';
import { studio } from '../../state/store';
import { governed, type IsIn, inclusionOf, switchedShown } from './inclusion';
import classes from './TableHeader.module.css';
import type { LayerTable } from './useLayerTable';

type Header = LayerTable['headers'][number];

const ariaSort = { asc: 'ascending', desc: 'descending' } as const;

interface TableHeaderProps {
  readonly headers: readonly Header[];
  readonly shown: readonly Layer[];
  readonly isIn: IsIn;
}

/** Column headers that sort, and the checkbox over all rows shown. One stop of the Tab key; arrows lead along it. */
export function TableHeader({ headers, shown, isIn }: TableHeaderProps) {
  const [stop, setStop] = useState('name');
  const isStop = (id: string) => id === (headers.some((header) => header.id === stop) ? stop : 'name');

  const walk = (event: KeyboardEvent<HTMLTableRowElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const controls = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button')];
    const next = controls[controls.indexOf(event.target as HTMLElement) + step];
    event.preventDefault();
    next?.focus();
  };

  return (
    <thead>
      <tr aria-rowindex={1} onKeyDown={walk}>
        {headers.map((header, i) => {
          const { id, column } = header;
          const { align, title } = found(column.columnDef.meta, 'what a column is called');
          const sorted = column.getIsSorted();
          const tabIndex = isStop(id) ? 0 : -1;
          return (
            <th
              key={id}
              scope="col"
              data-column={id}
              data-align={align}
              aria-colindex={i + 1}
              aria-sort={column.getCanSort() ? (sorted ? ariaSort[sorted] : 'none') : undefined}
              onFocus={() => setStop(id)}
            >
              {id === 'included' && <ShownCheckbox shown={shown} isIn={isIn} tabIndex={tabIndex} />}
              {id !== 'included' && !column.getCanSort() && (
                <span title={title}>{String(column.columnDef.header)}</span>
              )}
              {column.getCanSort() && (
                <button
                  type="button"
                  className={classes.sort}
                  tabIndex={tabIndex}
                  title={`Sort by ${title.toLowerCase()}`}
                  onClick={column.getToggleSortingHandler()}
                >
                  {String(column.columnDef.header)}
                  {sorted === 'asc' && <IconArrowUp size={12} aria-hidden />}
                  {sorted === 'desc' && <IconArrowDown size={12} aria-hidden />}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function ShownCheckbox({ shown, isIn, tabIndex }: Omit<TableHeaderProps, 'headers'> & { readonly tabIndex: number }) {
  const target = governed(shown);
  const inclusion = inclusionOf(target, isIn);
  const delicateOnly = target[0]?.byDefault === false;
  return (
    <input
      type="checkbox"
      className={classes.checkbox}
      tabIndex={tabIndex}
      disabled={target.length === 0}
      checked={inclusion === 'all'}
      ref={(input) => {
        if (input) input.indeterminate = inclusion === 'some';
      }}
      aria-label="Prune all rows shown"
      title={delicateOnly ? 'All rows shown' : 'All rows shown, except those that are off by default'}
      onChange={() => {
        const { ids, included } = switchedShown(shown, isIn);
        studio.getState().setIncluded(ids, included);
      }}
    />
  );
}
