import { IconChevronRight } from '@tabler/icons-react';
import { memo, useDeferredValue, useMemo } from 'react';
import { formatCount, formatInteger, formatQuantity, formatValue } from '../../lib/numbers';
import { isDecided } from '../../pruning/resolution';
import { canLock } from '../../state/locks';
import { studio, useStudio } from '../../state/store';
import type { TensorId } from '../../tensors/tensor';
import { Macs } from '../parts/quality/Macs';
import { type ColumnId, columnMeta } from './columns';
import classes from './GroupRow.module.css';
import { type GroupFigures, groupFigures, ownersOf, parametersOf } from './groupFigures';
import { governed, inclusionOf, switchedShown } from './inclusion';
import { SparsityFigure } from './LayerCell';
import cellClasses from './LayerCell.module.css';
import { rowElementId } from './LayerRow';
import classesOfTable from './LayersTable.module.css';
import { LockButton, LockPlace, lockColumnOf } from './LockButton';
import { deepestIndent, indent } from './NameCell';
import { GroupSparkline } from './Sparkline';
import type { Group, ShownGroup } from './shownRows';

interface GroupRowProps {
  readonly shown: ShownGroup;
  /** Among the rows shown. */
  readonly position: number;
  readonly selected: boolean;
  readonly active: boolean;
  readonly locks: ReadonlySet<TensorId>;
  readonly columns: readonly ColumnId[];
  onToggle(key: string, open: boolean): void;
}

/** The tensors of a module together: their sums, and every act on all of them. */
export const GroupRow = memo(
  function GroupRow({ shown, position, selected, active, locks, columns, onToggle }: GroupRowProps) {
    const { group, depth, isOpen } = shown;
    // Adding up is for when outcomes change, and a little behind them, as in the rows of layers.
    const outcomes = useDeferredValue(useStudio(({ resolution }) => resolution.outcomes));
    const figures = useMemo(() => groupFigures(group.members, outcomes), [group, outcomes]);
    const lockColumn = lockColumnOf(columns);
    return (
      <tr
        id={rowElementId(position)}
        className={classesOfTable.row}
        aria-rowindex={position + 2}
        aria-level={depth + 1}
        aria-expanded={isOpen}
        aria-selected={selected}
        data-position={position}
        data-group
        data-active={active || undefined}
        data-out={!figures.included || undefined}
      >
        {columns.map((column, i) => (
          <td key={column} data-column={column} data-align={columnMeta(column).align} aria-colindex={i + 1}>
            <LockPlace lock={column === lockColumn && <GroupLock group={group} locks={locks} />}>
              {column === 'name' ? (
                <GroupName group={group} depth={depth} isOpen={isOpen} onToggle={onToggle} />
              ) : (
                <GroupCell column={column} group={group} figures={figures} />
              )}
            </LockPlace>
          </td>
        ))}
      </tr>
    );
  },
  (a, b) =>
    a.shown.group === b.shown.group &&
    a.shown.isOpen === b.shown.isOpen &&
    a.shown.depth === b.shown.depth &&
    a.position === b.position &&
    a.selected === b.selected &&
    a.active === b.active &&
    a.locks === b.locks &&
    a.columns === b.columns &&
    a.onToggle === b.onToggle,
);

interface GroupNameProps extends Pick<GroupRowProps, 'onToggle'> {
  readonly group: Group;
  readonly depth: number;
  readonly isOpen: boolean;
}

function GroupName({ group: { node, members }, depth, isOpen, onToggle }: GroupNameProps) {
  const path = pathOf(node);
  return (
    <span
      className={classes.name}
      style={{ paddingInlineStart: Math.min(depth, deepestIndent) * indent }}
      title={`${path}: ${formatQuantity(members.length, 'tensor')}`}
    >
      <button
        type="button"
        className={classes.toggle}
        // The grid is one stop of the Tab key; arrows open and close from there.
        tabIndex={-1}
        aria-label={`${isOpen ? 'Close' : 'Open'} ${path}`}
        onClick={() => onToggle(node.key, !isOpen)}
      >
        <IconChevronRight size={14} aria-hidden />
      </button>
      <bdi className={classes.label}>{node.label}</bdi>
      <span className={classes.count}>{formatInteger(members.length)}</span>
    </span>
  );
}

function pathOf({ key }: Group['node']): string {
  return key.replace(/[./]$/, '');
}

function GroupLock({ group, locks }: { readonly group: Group; readonly locks: ReadonlySet<TensorId> }) {
  const ids = useMemo(
    () =>
      ownersOf(group.members)
        .filter(canLock)
        .map(({ id }) => id),
    [group],
  );
  const locked = ids.filter((id) => locks.has(id)).length;
  if (ids.length === 0) return null;
  return (
    <LockButton
      ids={ids}
      locked={locked === 0 ? 'none' : locked === ids.length ? 'all' : 'some'}
      name={pathOf(group.node)}
    />
  );
}

interface GroupCellProps {
  readonly column: Exclude<ColumnId, 'name'>;
  readonly group: Group;
  readonly figures: GroupFigures;
}

function GroupCell({ column, group: { node, members }, figures }: GroupCellProps) {
  switch (column) {
    case 'included':
      return <IncludedCell name={pathOf(node)} members={members} />;
    case 'parameters': {
      const sum = parametersOf(members);
      return <span title={formatInteger(sum)}>{formatCount(sum)}</span>;
    }
    case 'macs':
      return <Macs of={ownersOf(members)} />;
    case 'weights':
      return (
        <GroupSparkline
          members={members}
          threshold={figures.ranking && figures.threshold}
          ranking={figures.ranking ?? 'magnitude'}
        />
      );
    case 'threshold':
      return figures.threshold === undefined ? '' : formatValue(figures.threshold);
    case 'sparsity':
      return figures.included ? (
        <SparsityFigure zeros={figures.zeros ?? 0} of={figures.weights} exact={figures.exact} />
      ) : (
        <span className={cellClasses.reason}>off</span>
      );
    default:
      return null;
  }
}

/** As the checkbox over all rows: what is off by default stays out unless it is all there is. */
function IncludedCell({ name, members }: { readonly name: string; readonly members: Group['members'] }) {
  const layers = useMemo(() => ownersOf(members), [members]);
  const governedLayers = useMemo(() => governed(layers), [layers]);
  const inclusion = useStudio(({ settled }) => inclusionOf(governedLayers, (id) => isDecided(settled.outcomes, id)));
  return (
    <label className={cellClasses.hit}>
      <input
        type="checkbox"
        className={cellClasses.checkbox}
        tabIndex={-1}
        disabled={governedLayers.length === 0}
        checked={inclusion === 'all'}
        ref={(input) => {
          if (input) input.indeterminate = inclusion === 'some';
        }}
        aria-label={`Prune all in ${name}`}
        onChange={() => {
          const { settled, setIncluded } = studio.getState();
          const { ids, included } = switchedShown(layers, (id) => isDecided(settled.outcomes, id));
          setIncluded(ids, included);
        }}
      />
    </label>
  );
}
