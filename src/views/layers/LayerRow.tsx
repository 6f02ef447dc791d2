import { memo, useDeferredValue } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { at, found } from '../../lib/known';
import { isOfWeights, rankingOf } from '../../pruning/score';
import { canLock } from '../../state/locks';
import { useStudio } from '../../state/store';
import type { StudioState } from '../../state/studio';
import { ownerIdOf } from '../../tensors/owners';
import type { TensorId } from '../../tensors/tensor';
import { type ColumnId, columnMeta } from './columns';
import type { Figures } from './figures';
import { LayerCell } from './LayerCell';
import classes from './LayersTable.module.css';
import { LockButton, LockPlace, lockColumnOf } from './LockButton';
import { chipOf, meaningOf } from './methodChip';
import { NameCell } from './NameCell';
import type { ShownLayer } from './shownRows';

interface LayerRowProps {
  readonly shown: ShownLayer;
  /** Among the rows shown. */
  readonly position: number;
  readonly selected: boolean;
  /** Whether the keyboard acts on it. */
  readonly active: boolean;
  /** Whether rules leave it as it is. */
  readonly locked: boolean;
  /** Whether rows are a tree. */
  readonly inTree: boolean;
  /** The same array until the columns change. */
  readonly columns: readonly ColumnId[];
}

/** For aria-activedescendant. */
export function rowElementId(position: number): string {
  return `layers-row-${position}`;
}

const out: Figures = { included: false };

function figuresOf({ resolution, deciding, checkpoint }: StudioState, id: TensorId): Figures {
  const outcome = resolution.outcomes.get(id);
  if (!outcome) return out;
  const { placement, zeros, exact } = outcome;
  const rule = deciding.get(id);
  const threshold = placement?.threshold;
  return {
    included: true,
    threshold,
    ranking: placement && isOfWeights(placement.score) ? rankingOf(placement.score) : undefined,
    chip: rule && chipOf(rule),
    meaning: rule && meaningOf(rule, at(found(checkpoint, 'an open checkpoint').layers, id), threshold),
    zeros,
    exact,
  };
}

/**
 * Follows its own tensor's outcome, so that a drag renders only the rows it changes; and a little behind, so that the handle never
 * waits for a screen full of them.
 */
export const LayerRow = memo(function LayerRow(props: LayerRowProps) {
  const ownerId = ownerIdOf(props.shown.row.layer);
  const figures = useStudio(useShallow((state: StudioState) => figuresOf(state, ownerId)));
  const behind = useDeferredValue(figures);
  // A checkbox is what it was made at once.
  return <LayerCells {...props} figures={behind.included === figures.included ? behind : figures} />;
}, isSameRow);

const LayerCells = memo(
  function LayerCells(props: LayerRowProps & { readonly figures: Figures }) {
    const { shown, position, selected, active, locked, inTree, columns, figures } = props;
    const { row, depth, from } = shown;
    const ownerId = ownerIdOf(row.layer);
    const dimmed = !figures.included || ownerId !== row.layer.id;
    const lockColumn = lockColumnOf(columns, dimmed);
    return (
      <tr
        id={rowElementId(position)}
        className={classes.row}
        // The header is row 1.
        aria-rowindex={position + 2}
        aria-level={inTree ? depth + 1 : undefined}
        aria-selected={selected}
        data-position={position}
        data-active={active || undefined}
        data-out={dimmed || undefined}
      >
        {columns.map((column, i) => {
          // Where nothing is pruned there is no threshold to show: the reason takes its place.
          if (column === 'threshold' && dimmed && columns[i + 1] === 'sparsity') return null;
          const spansThreshold = column === 'sparsity' && dimmed && columns[i - 1] === 'threshold';
          return (
            <td
              key={column}
              data-column={column}
              data-align={columnMeta(column).align}
              aria-colindex={spansThreshold ? i : i + 1}
              colSpan={spansThreshold ? 2 : 1}
            >
              <LockPlace
                lock={
                  column === lockColumn &&
                  canLock(row.owner) && (
                    <LockButton ids={[ownerId]} locked={locked ? 'all' : 'none'} name={row.layer.name} />
                  )
                }
              >
                {column === 'name' ? (
                  <NameCell row={row} depth={depth} from={from} />
                ) : (
                  <LayerCell column={column} row={row} figures={figures} />
                )}
              </LockPlace>
            </td>
          );
        })}
      </tr>
    );
  },
  (a, b) => a.figures === b.figures && isSameRow(a, b),
);

function isSameRow(a: LayerRowProps, b: LayerRowProps): boolean {
  return (
    a.shown.row === b.shown.row &&
    a.shown.depth === b.shown.depth &&
    a.shown.from === b.shown.from &&
    a.position === b.position &&
    a.selected === b.selected &&
    a.active === b.active &&
    a.locked === b.locked &&
    a.inTree === b.inTree &&
    a.columns === b.columns
  );
}
