import { useElementSize } from '@mantine/hooks';
import { useMemo, useRef } from 'react';
import { at } from '../../lib/known';
import { formatInteger } from '../../lib/numbers';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { parseFilter } from '../../state/layerFilter';
import { useStudio } from '../../state/store';
import { inNetworkOrder } from '../../tensors/layerOrder';
import { type ColumnId, columnMeta, columnTitle, initialColumns } from './columns';
import { nameRoomIn, widthIn, widthOf } from './columnWidths';
import { FilterBox } from './FilterBox';
import { kindGroups } from './kinds';
import { LayerCell } from './LayerCell';
import paneClasses from './LayersPane.module.css';
import tableClasses from './LayersTable.module.css';
import { NameCell, Naming, namingFor } from './NameCell';
import { type LayerRow, rowsOf } from './rows';
import { Spacer } from './Spacer';
import classes from './StructurePane.module.css';
import { NameTwins } from './shortName';
import { flatRows } from './shownRows';
import { useChosenColumns } from './useChosenColumns';
import { useColumnWidths } from './useColumnWidths';
import { rowHeights, useRowsInView } from './useRowsInView';

/** What the file says of a tensor by itself; all other columns wait until it is measured. */
const known: ReadonlySet<ColumnId> = new Set(['name', 'kind', 'shape', 'dtype', 'parameters']);

/** The layers of a checkpoint that is still being measured, where they will be: to be read, and nothing else yet. */
export function StructurePane({ structure }: { readonly structure: OpenedCheckpoint }) {
  const { layers } = structure;
  const { ref, width } = useElementSize();
  const [chosen] = useChosenColumns();
  const columns: readonly ColumnId[] = ['included', 'name', ...(chosen ?? initialColumns(width))];
  const [widths] = useColumnWidths();
  const all = useMemo(() => inNetworkOrder(rowsOf(layers), structure, ({ layer }) => layer.id), [layers, structure]);
  const filter = useStudio((state) => state.filter);
  const setFilter = useStudio((state) => state.setFilter);
  const groups = useMemo(() => kindGroups(layers), [layers]);
  const rows = useMemo(() => {
    const { matches } = parseFilter(filter);
    return flatRows(all.filter(({ layer }) => matches({ layer })));
  }, [all, filter]);
  const twins = useMemo(() => new NameTwins(layers.map(({ name }) => name)), [layers]);
  const viewport = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const { positions, above, below } = useRowsInView(rows, viewport);
  return (
    <div className={paneClasses.pane} ref={ref}>
      <div className={paneClasses.tools}>
        <FilterBox
          value={filter}
          groups={groups}
          models={structure.models}
          onChange={setFilter}
          onLeave={() => grid.current?.focus()}
        />
        <output className={paneClasses.count}>
          {rows.length < layers.length && `${formatInteger(rows.length)} shown of `}
          {formatInteger(layers.length)} tensors
        </output>
      </div>
      <div className={tableClasses.viewport} ref={viewport}>
        <table
          ref={grid}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid that it is about to be
          role="grid"
          className={tableClasses.table}
          style={{ ...rowHeights, minWidth: widthOf(columns, widths) }}
          aria-label="Layers"
          aria-busy
          aria-readonly
          aria-rowcount={rows.length + 1}
          aria-colcount={columns.length}
          tabIndex={0}
        >
          <colgroup>
            {columns.map((id) => (
              <col key={id} style={id === 'name' ? undefined : { width: widthIn(widths, id) }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((id) => (
                <th key={id} scope="col" data-column={id} data-align={columnMeta(id).align}>
                  {id !== 'included' && columnTitle(id)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer height={above} />
            <Naming value={namingFor(nameRoomIn(columns, width, widths), twins)}>
              {positions.map((position) => (
                <StructureRow key={position} row={at(rows, position).row} position={position} columns={columns} />
              ))}
            </Naming>
            <Spacer height={below} />
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface StructureRowProps {
  readonly row: LayerRow;
  readonly position: number;
  readonly columns: readonly ColumnId[];
}

function StructureRow({ row, position, columns }: StructureRowProps) {
  return (
    <tr className={tableClasses.row} aria-rowindex={position + 2}>
      {columns.map((column) => (
        <td key={column} data-column={column} data-align={columnMeta(column).align}>
          {column === 'name' ? (
            <NameCell row={row} />
          ) : known.has(column) ? (
            <LayerCell column={column} row={row} figures={{ included: false }} />
          ) : (
            column !== 'included' && <span className={classes.waiting} aria-hidden="true" />
          )}
        </td>
      ))}
    </tr>
  );
}
