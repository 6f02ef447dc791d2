import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type MouseEvent, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import { at } from '../../lib/known';
import { type LayerAction, layerActions } from '../../state/actions/layers';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { lockedIn } from '../../state/locks';
import { screen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import type { TensorId } from '../../tensors/tensor';
import { isPressed } from '../parts/actions/isPressed';
import { perform } from '../parts/actions/perform';
import type { ColumnId } from './columns';
import { type ColumnWidths, nameRoomIn, nameWidthIn, widthIn, widthOf, withBorderMoved } from './columnWidths';
import { GroupRow } from './GroupRow';
import type { IsIn } from './inclusion';
import { LayerRow, rowElementId } from './LayerRow';
import classes from './LayersTable.module.css';
import { Naming, namingFor } from './NameCell';
import { destination, scrollTopFor } from './navigation';
import { Spacer } from './Spacer';
import { SparklineHatch } from './Sparkline';
import { NameTwins } from './shortName';
import { groupsAround, ownersAt, positionAround } from './shownRows';
import { TableHeader } from './TableHeader';
import type { LayerTable } from './useLayerTable';
import { useRowChoice } from './useRowChoice';
import { headerHeight, rowHeight, rowHeights, useRowsInView } from './useRowsInView';

interface LayersTableProps {
  readonly checkpoint: OpenedCheckpoint;
  readonly table: LayerTable;
  readonly isIn: IsIn;
  readonly widths: ColumnWidths;
  onWidths(widths: ColumnWidths): void;
  /** Where the grid puts itself, to be focused from outside. */
  readonly grid: RefObject<HTMLTableElement | null>;
}

/** The Layers grid: only the rows in view exist. */
export function LayersTable({ checkpoint, table, isIn, widths, onWidths, grid }: LayersTableProps) {
  const { headers, shownColumns, grouping, shown: rows } = table;
  const shown = useMemo(() => table.rows.map(({ layer }) => layer), [table.rows]);
  const viewport = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize();
  const viewportRef = useMergedRef(viewport, measured);
  const room = nameRoomIn(shownColumns, width, widths);
  const twins = useMemo(() => new NameTwins(checkpoint.layers.map(({ name }) => name)), [checkpoint.layers]);
  const naming = useMemo(() => namingFor(room, twins), [room, twins]);
  const locked = useStudio((state) => state.recipe.locked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a drag makes another recipe of the same locks
  const locks = useMemo(() => lockedIn(studio.getState().recipe, checkpoint.layers), [locked, checkpoint.layers]);

  const { positions, above, below } = useRowsInView(rows, viewport);
  const reveal = useCallback((position: number, how: 'nearest' | 'center') => {
    const { current } = viewport;
    if (!current) return;
    const height = current.clientHeight - headerHeight;
    current.scrollTop = scrollTopFor(position, { scrollTop: current.scrollTop, height, rowHeight }, how);
  }, []);
  const uncover = (id: TensorId) => grouping?.setOpen(groupsAround(grouping.tree, id), true);
  const choice = useRowChoice(rows, reveal, uncover);
  const setOpen = grouping?.setOpen;
  const toggle = useCallback((key: string, open: boolean) => setOpen?.([key], open), [setOpen]);

  const seenView = useRef(table.view);
  useEffect(() => {
    if (seenView.current === table.view) return;
    seenView.current = table.view;
    // A new order or filter is read from its start; without them one is back where one was.
    if (table.view.isWhole && choice.active >= 0) reveal(choice.active, 'center');
    else if (viewport.current) viewport.current.scrollTop = 0;
  }, [table.view, reveal, choice.active]);

  /** A command on the rows that the keyboard is at. */
  const act = (action: LayerAction) => {
    const active = rows[choice.active];
    const chosen = choice.chosen();
    const meant = action.ofWholeGroups && active ? [...new Set([...chosen, ...ownersAt(active)])] : chosen;
    void perform({ ...action, run: (state) => action.on(meant, state) });
  };
  useEffect(() => {
    screen.setState({ selectShown: choice.chooseAll });
  });

  /** Left and right lead through a tree as they do everywhere: open, into, shut, out. */
  const walkTree = (key: string): boolean => {
    const row = rows[choice.active];
    if (!grouping || !row || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return false;
    const isOpen = row.kind === 'group' && row.isOpen;
    let to = choice.active;
    if (row.kind === 'group' && isOpen !== (key === 'ArrowRight')) toggle(row.group.node.key, !isOpen);
    else if (key === 'ArrowRight') to += row.kind === 'group' ? 1 : 0;
    else to = positionAround(rows, choice.active);
    if (to < 0 || to === choice.active) return true;
    choice.choose(to, 'only');
    reveal(to, 'nearest');
    return true;
  };

  const press = (event: KeyboardEvent<HTMLTableElement>) => {
    // Keys in the header and on a checkbox are theirs.
    if (event.target !== event.currentTarget) return;
    if (!answer(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Whether the key meant something here. */
  const answer = (event: KeyboardEvent): boolean => {
    const mod = event.ctrlKey || event.metaKey;
    if (event.altKey) return false;
    const action = layerActions.find(({ keys }) => keys.some((key) => isPressed(key, event.nativeEvent)));
    if (action) act(action);
    else if (event.key === ' ' && mod) {
      if (choice.active >= 0) choice.choose(choice.active, 'toggle');
    } else if (!mod && walkTree(event.key)) return true;
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
    // Shift would select text, and a control would take the focus from the grid.
    const isControl = isControlOfRow(event.target);
    if (event.shiftKey || isControl) {
      event.preventDefault();
      grid.current?.focus({ preventScroll: true });
    }
    if (isControl) choice.choose(position, 'focus');
  };

  const click = (event: MouseEvent) => {
    const position = positionOf(event.target);
    if (position === undefined || isControlOfRow(event.target)) return;
    choice.choose(position, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
  };

  const widthsBefore = useRef(widths);
  const moveBorder = (border: readonly [ColumnId, ColumnId], distance: number, isFirst: boolean) => {
    if (isFirst) widthsBefore.current = widths;
    const before = widthsBefore.current;
    onWidths(withBorderMoved(before, border, distance, nameWidthIn(shownColumns, width, before)));
  };
  const resetBorder = (border: readonly [ColumnId, ColumnId]) =>
    onWidths(new Map([...widths].filter(([id]) => !border.includes(id))));

  return (
    <div className={classes.viewport} ref={viewportRef}>
      <SparklineHatch />
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles support it */}
      <table
        ref={grid}
        role={grouping ? 'treegrid' : 'grid'}
        className={classes.table}
        style={{ ...rowHeights, minWidth: widthOf(shownColumns, widths) }}
        aria-label="Layers"
        aria-multiselectable
        aria-rowcount={rows.length + 1}
        aria-colcount={headers.length}
        aria-activedescendant={positions.includes(choice.active) ? rowElementId(choice.active) : undefined}
        tabIndex={0}
        onKeyDown={press}
        onMouseDown={pressMouse}
        onClick={click}
      >
        <colgroup>
          {shownColumns.map((id) => (
            <col key={id} style={id === 'name' ? undefined : { width: widthIn(widths, id) }} />
          ))}
        </colgroup>
        <TableHeader headers={headers} shown={shown} isIn={isIn} onMove={moveBorder} onReset={resetBorder} />
        <tbody>
          <Spacer height={above} />
          <Naming value={naming}>
            {positions.map((index) => {
              const row = at(rows, index);
              const same = {
                position: index,
                selected: choice.isSelected(row),
                active: index === choice.active,
                columns: shownColumns,
              };
              return row.kind === 'group' ? (
                <GroupRow key={row.key} shown={row} locks={locks} onToggle={toggle} {...same} />
              ) : (
                <LayerRow
                  key={row.key}
                  shown={row}
                  locked={locks.has(row.row.owner.id)}
                  inTree={grouping !== null}
                  {...same}
                />
              );
            })}
          </Naming>
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  );
}

function isControlOfRow(target: EventTarget): boolean {
  return target instanceof Element && target.closest('input, button, label') !== null;
}

/** Position of the row that holds an element. */
function positionOf(target: EventTarget): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('tr[data-position]') : null;
  return row ? Number(row.dataset.position) : undefined;
}
