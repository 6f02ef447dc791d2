import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import { formatInteger } from '../../lib/numbers';
import { countIn, isDecided } from '../../pruning/resolution';
import { takeAction } from '../../state/actions/taking';
import type { Layer, OpenedCheckpoint } from '../../state/checkpointSlice';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import { inNetworkOrder } from '../../tensors/layerOrder';
import { ownersNamed } from '../../tensors/owners';
import { useTakeable } from '../charts/take/useTakeable';
import { perform } from '../parts/actions/perform';
import { classNames } from '../parts/classNames';
import { useMacs } from '../parts/quality/useMacs';
import { useLayerFilter } from '../parts/useLayerFilter';
import { ColumnMenu } from './ColumnMenu';
import { initialColumns } from './columns';
import { layerCsvRows } from './csvRows';
import { FilterBox } from './FilterBox';
import { FoldBar } from './FoldBar';
import { GroupSwitch } from './GroupSwitch';
import { type IsIn, switched, switchedShown } from './inclusion';
import { KindChips } from './KindChips';
import { kindGroups } from './kinds';
import classes from './LayersPane.module.css';
import { LayersTable } from './LayersTable';
import { ModelSelect } from './ModelSelect';
import { resolvedRows, rowsOf } from './rows';
import { useChosenColumns } from './useChosenColumns';
import { useColumnWidths } from './useColumnWidths';
import { useLayerTable } from './useLayerTable';

/** Every tensor of the checkpoint, and which of them are pruned. */
export function LayersPane() {
  const checkpoint = useStudio((state) => state.checkpoint);
  const opened = useStudio((state) => state.opened);
  const [seen, setSeen] = useState({ opened, generation: 0 });
  // Filter and order belong to a file: the next one starts without.
  if (seen.opened !== opened) setSeen({ opened, generation: seen.generation + 1 });
  return checkpoint && <CheckpointLayers key={seen.generation} checkpoint={checkpoint} />;
}

function CheckpointLayers({ checkpoint }: { readonly checkpoint: OpenedCheckpoint }) {
  const { layers, models } = checkpoint;
  // Not the outcomes of a drag: rows would change places under the hand.
  const { outcomes } = useStudio((state) => state.settled);
  const filter = useStudio((state) => state.filter);
  const setFilter = useStudio((state) => state.setFilter);
  const { ref, width } = useElementSize();
  const [chosen, setChosen] = useChosenColumns();
  const [widths, setWidths] = useColumnWidths();
  const grid = useRef<HTMLTableElement>(null);
  const columns = chosen ?? initialColumns(width);

  const asOpened = useStudio((state) => state.opened?.layers);
  const rows = useMemo(
    () => inNetworkOrder(rowsOf(checkpoint.layers, asOpened), checkpoint, ({ layer }) => layer.id),
    [checkpoint, asOpened],
  );
  const macs = useMacs();
  const data = useMemo(() => resolvedRows(rows, outcomes, macs), [rows, outcomes, macs]);
  const groups = useMemo(() => kindGroups(layers), [layers]);
  const isIn = useMemo<IsIn>(() => (id) => isDecided(outcomes, id), [outcomes]);
  const { shown: matching, problem } = useLayerFilter();
  const isFiltered = matching !== null;
  const table = useLayerTable(checkpoint, data, filter, matching, columns);

  const taken = useTakeable({ title: 'Layers', rows: () => layerCsvRows(table.rows, outcomes, macs) });

  return (
    <div className={classes.pane} ref={ref}>
      <div className={classes.tools}>
        <FilterBox
          value={filter}
          groups={groups}
          models={models}
          onChange={setFilter}
          onLeave={() => grid.current?.focus()}
        />
        <output className={classes.count}>
          {isFiltered && `${formatInteger(table.rows.length)} shown · `}
          {formatInteger(countIn(outcomes))} of {formatInteger(layers.length)} in
        </output>
        {table.isSorted && (
          <Button size="compact-xs" title="Rows as they were before a column sorted them" onClick={table.unsort}>
            {checkpoint.networkOrder ? 'Network order' : 'File order'}
          </Button>
        )}
        <GroupSwitch checkpoint={checkpoint} grouping={table.grouping} isWide={width >= 560} />
        <ColumnMenu
          shown={columns}
          onChange={setChosen}
          takeTable={() => void perform(takeAction(taken, 'CSV'))}
          onReset={() => {
            setChosen(null);
            setWidths(new Map());
          }}
        />
        <ModelSelect />
        <div className={classes.switches}>
          <KindChips groups={groups} isIn={isIn} filter={filter} onFilter={setFilter} />
          <RowsSwitch shown={isFiltered ? table.rows.map(({ layer }) => layer) : []} isIn={isIn} />
        </div>
      </div>
      <LayersTable checkpoint={checkpoint} table={table} isIn={isIn} widths={widths} onWidths={setWidths} grid={grid} />
      {!isFiltered && <FoldBar layers={layers.filter(({ id }) => table.folded.has(id))} />}
      {table.rows.length === 0 && layers.length > 0 && (
        <div className={classes.nothing}>
          <p>
            No layer matches <bdi>{filter}</bdi>
          </p>
          {problem !== undefined && <p>{problem}</p>}
          <Button onClick={() => setFilter('')}>Clear filter</Button>
        </div>
      )}
      {layers.length === 0 && (
        <div className={classes.nothing}>
          <p>This checkpoint holds no tensors.</p>
        </div>
      )}
    </div>
  );
}

/** With several rows selected, switches them all, as Space does; otherwise the rows that a filter shows. */
function RowsSwitch({ shown, isIn }: { readonly shown: readonly Layer[]; readonly isIn: IsIn }) {
  const selection = useStudio((state) => state.selection);
  const layers = useCheckpoint(({ layers }) => layers);
  const bySelection = selection.length > 1;
  const { ids, included } = bySelection ? switched(ownersNamed(selection, layers), isIn) : switchedShown(shown, isIn);
  if (ids.length === 0) return null;
  return (
    <Button
      className={classNames(classes.rows)}
      size="compact-xs"
      onClick={() => studio.getState().setIncluded(ids, included)}
      title={bySelection ? 'Space does the same in the table' : 'As the box above the rows does'}
    >
      {included ? 'Switch in' : 'Switch out'} {formatInteger(ids.length)} {bySelection ? 'selected' : 'shown'}
    </Button>
  );
}
