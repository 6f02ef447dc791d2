import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type MouseEvent, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import { at } from '../../lib/known';
import { screen } from '../../state/screen';
import { studio } from '../../state/store';
import { columnMeta, nameRoomIn, widthOf } from './columns';
import { type IsIn, switched } from './inclusion';
import { LayerRow, rowElementId } from './LayerRow';
import classes from './LayersTable.module.css';
import { NameRoom } from './NameCell';
import { destination, scrollTopFor } from './navigation';
import { Spacer } from './Spacer';
import { SparklineHatch } from './Sparkline';
import { TableHeader } from './TableHeader';
import type { LayerTable } from './useLayerTable';
import { useRowChoice } from './useRowChoice';
import { headerHeight, rowHeight, useRowsInView } from './useRowsInView';

interface LayersTableProps {
  readonly table: LayerTable;
  readonly isIn: IsIn;
  /** Where the grid puts itself, to be focused from outside. */
  readonly grid: RefObject<HTMLTableElement | null>;
}

/** The Layers grid: only the rows in view exist. */
export function LayersTable({ table, isIn, grid }: LayersTableProps) {
  const { headers, shownColumns } = table;
  const rows = useMemo(() => table.rows.map(({ original }) => original.row), [table.rows]);
  const shown = useMemo(() => rows.map((row) => row.layer), [rows]);
  const viewport = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize();
  const viewportRef = useMergedRef(viewport, measured);
  const nameRoom = nameRoomIn(shownColumns, width);

  const { positions, above, below } = useRowsInView(rows, viewport);
  const reveal = useCallback((position: number, how: 'nearest' | 'center') => {
    const { current } = viewport;
    if (!current) return;
    const height = current.clientHeight - headerHeight;
    current.scrollTop = scrollTopFor(position, { scrollTop: current.scrollTop, height, rowHeight }, how);
  }, []);
  const choice = useRowChoice(rows, reveal);

  const seenView = useRef(table.view);
  useEffect(() => {
    if (seenView.current === table.view) return;
    seenView.current = table.view;
    // A new order or filter is read from its start; without them one is back where one was.
    if (table.view.isWhole && choice.active >= 0) reveal(choice.active, 'center');
    else if (viewport.current) viewport.current.scrollTop = 0;
  }, [table.view, reveal, choice.active]);

  const activeRow = positions.includes(choice.active) ? rows[choice.active] : undefined;

  const switchRows = () => {
    const { ids, included } = switched(choice.chosen(), isIn);
    if (ids.length > 0) studio.getState().setIncluded(ids, included);
  };

  const press = (event: KeyboardEvent<HTMLTableElement>) => {
    // Keys in the header and on a checkbox are theirs.
    if (event.target !== event.currentTarget) return;
    if (!act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Whether the key meant something here. */
  const act = (event: KeyboardEvent): boolean => {
    const mod = event.ctrlKey || event.metaKey;
    if (event.altKey) return false;
    if (event.key === ' ' && mod) {
      if (choice.active >= 0) choice.choose(choice.active, 'toggle');
    } else if (event.key === ' ') switchRows();
    else if (event.key === 'Enter' && !mod) screen.getState().focusThreshold();
    else if (event.key.toLowerCase() === 'a' && mod) choice.chooseAll();
    else {
      const page = Math.floor(((viewport.current?.clientHeight ?? 0) - headerHeight) / rowHeight);
      const to = destination(event.key, choice.active, rows.length, page);
      if (to === undefined) return false;
      choice.choose(to, event.shiftKey ? 'extend' : mod ? 'focus' : 'only');
      reveal(to, 'nearest');
    }
    return true;
  };

  const pressMouse = (event: MouseEvent) => {
    const position = positionOf(event.target);
    if (position === undefined) return;
    // Shift would select text, and a checkbox would take the focus from the grid.
    if (event.shiftKey || event.target instanceof HTMLInputElement) {
      event.preventDefault();
      grid.current?.focus({ preventScroll: true });
    }
    if (event.target instanceof HTMLInputElement) choice.choose(position, 'focus');
  };

  const click = (event: MouseEvent) => {
    const position = positionOf(event.target);
    if (position === undefined || event.target instanceof HTMLInputElement) return;
    choice.choose(position, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
  };

  return (
    <div className={classes.viewport} ref={viewportRef}>
      <SparklineHatch />
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table one works in
        role="grid"
        className={classes.table}
        style={{ minWidth: widthOf(shownColumns) }}
        aria-label="Layers"
        aria-multiselectable
        aria-rowcount={rows.length + 1}
        aria-colcount={headers.length}
        aria-activedescendant={activeRow && rowElementId(activeRow.layer.id)}
        tabIndex={0}
        onKeyDown={press}
        onMouseDown={pressMouse}
        onClick={click}
      >
        <colgroup>
          {shownColumns.map((id) => (
            <col key={id} style={id === 'name' ? undefined : { width: columnMeta(id).width }} />
          ))}
        </colgroup>
        <TableHeader headers={headers} shown={shown} isIn={isIn} />
        <tbody>
          <Spacer height={above} />
          <NameRoom value={nameRoom}>
            {positions.map((index) => {
              const row = at(rows, index);
              return (
                <LayerRow
                  key={row.layer.id}
                  row={row}
                  position={index}
                  selected={choice.isSelected(row.layer)}
                  active={index === choice.active}
                  columns={shownColumns}
                />
              );
            })}
          </NameRoom>
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  );
}

/** Position of the row that holds an element. */
function positionOf(target: EventTarget): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('tr[data-position]') : null;
  return row ? Number(row.dataset.position) : undefined;
}
