import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { found } from '../../lib/known';
import type { Layer } from '../../state/checkpointSlice';
import { studio } from '../../state/store';
import type { ColumnId } from './columns';
import { governed, type IsIn, inclusionOf, switchedShown } from './inclusion';
import classes from './TableHeader.module.css';
import type { LayerTable } from './useLayerTable';

type Header = LayerTable['headers'][number];

const ariaSort = { asc: 'ascending', desc: 'descending' } as const;

/** Pixels that a key moves a border. */
const keyStep = 16;

type Border = readonly [left: ColumnId, right: ColumnId];

interface TableHeaderProps {
  readonly headers: readonly Header[];
  readonly shown: readonly Layer[];
  readonly isIn: IsIn;
  /** Moves the border between two columns from where it was when the gesture began. */
  onMove(border: Border, distance: number, isFirst: boolean): void;
  /** Both columns as they are to begin with. */
  onReset(border: Border): void;
}

/**
 * Column headers that sort, borders between them that move, and the checkbox over all rows shown. One stop of the Tab key;
 * arrows lead along it, and with Shift they move the border on the right.
 */
export function TableHeader({ headers, shown, isIn, onMove, onReset }: TableHeaderProps) {
  const [stop, setStop] = useState('name');
  const isStop = (id: string) => id === (headers.some((header) => header.id === stop) ? stop : 'name');
  const borderAfter = (i: number): Border | undefined => {
    const [left, right] = [headers[i]?.id, headers[i + 1]?.id];
    return left === undefined || left === 'included' || right === undefined
      ? undefined
      : [left as ColumnId, right as ColumnId];
  };

  const walk = (event: KeyboardEvent<HTMLTableRowElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (event.shiftKey) {
      const border = borderAfter(headers.findIndex(({ id }) => id === stop));
      if (border) onMove(border, step * keyStep, true);
      return;
    }
    const controls = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button, [data-stop]')];
    controls[controls.indexOf(event.target as HTMLElement) + step]?.focus();
  };

  return (
    <thead>
      <tr aria-rowindex={1} onKeyDown={walk}>
        {headers.map((header, i) => {
          const { id, column } = header;
          const { align, title } = found(column.columnDef.meta, 'what a column is called');
          const sorted = column.getIsSorted();
          const tabIndex = isStop(id) ? 0 : -1;
          const border = borderAfter(i);
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
                <span className={classes.title} title={title} tabIndex={tabIndex} data-stop>
                  {String(column.columnDef.header)}
                </span>
              )}
              {column.getCanSort() && (
                <button
                  type="button"
                  className={classes.sort}
                  tabIndex={tabIndex}
                  title={`Sort by ${title.toLowerCase()}`}
                  onClick={column.getToggleSortingHandler()}
                >
                  <span className={classes.word}>{String(column.columnDef.header)}</span>
                  {sorted === 'asc' && <IconArrowUp size={12} aria-hidden />}
                  {sorted === 'desc' && <IconArrowDown size={12} aria-hidden />}
                </button>
              )}
              {border && <Grip border={border} onMove={onMove} onReset={onReset} />}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** The border between two columns, for a pointer; the keyboard moves it from the header. */
function Grip({ border, onMove, onReset }: Pick<TableHeaderProps, 'onMove' | 'onReset'> & { readonly border: Border }) {
  const [start, setStart] = useState<number>();
  const end = () => setStart(undefined);
  return (
    <span
      className={classes.grip}
      data-border={border.join()}
      data-held={start !== undefined || undefined}
      aria-hidden="true"
      title="Drag to resize; double-click for the usual width"
      onPointerDown={(event: PointerEvent) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setStart(event.clientX);
        onMove(border, 0, true);
      }}
      onPointerMove={(event) => start !== undefined && onMove(border, event.clientX - start, false)}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => onReset(border)}
    />
  );
}

function ShownCheckbox(props: Pick<TableHeaderProps, 'shown' | 'isIn'> & { readonly tabIndex: number }) {
  const { shown, isIn, tabIndex } = props;
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
