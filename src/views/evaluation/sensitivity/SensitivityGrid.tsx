import { type CSSProperties, type KeyboardEvent, memo, useRef, useState } from 'react';
import { formatPercent } from '../../../lib/numbers';
import type { MetricId, Sensitivity, SensitivityCurve } from '../../../state/evaluation';
import { metrics } from '../../../state/metrics';
import { studio, useStudio } from '../../../state/store';
import { lossShare } from '../figures';
import { type Cell, cellAfter, cellLabel, cellSure, cellText, cellValue, nearestColumn } from './gridCells';
import { placeSparsity } from './placeSparsity';
import classes from './SensitivityGrid.module.css';
import { useLayerSparsities } from './useLayerSparsities';

interface SensitivityGridProps {
  readonly sensitivity: Sensitivity;
  readonly metric: MetricId;
  readonly reference: number | undefined;
}

/** Layers × sparsities: quality when that layer alone is pruned. A cell is a place for the layer's threshold. */
export function SensitivityGrid({ sensitivity, metric, reference }: SensitivityGridProps) {
  const { ladder, curves } = sensitivity;
  const selected = useStudio((state) => state.selection.at(-1));
  const sparsities = useLayerSparsities();
  const body = useRef<HTMLTableSectionElement>(null);
  const [active, setActive] = useState<Cell>({ row: 0, column: 0 });

  const press = (event: KeyboardEvent, at: Cell, place: () => void) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      place();
      return;
    }
    const to = cellAfter(event.key, at, sensitivity);
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setActive(to);
    body.current?.rows[to.row]?.querySelectorAll('td')[to.column]?.focus();
  };

  return (
    <>
      <div className={classes.scroller}>
        <table
          className={classes.map}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose cells take the keyboard
          role="grid"
          aria-label={`Sensitivity: ${metrics[metric].label} by layer and sparsity`}
        >
          <thead>
            <tr>
              <th scope="col">Layer pruned alone</th>
              {ladder.map((sparsity) => (
                <th key={sparsity} scope="col">
                  {formatPercent(sparsity, sparsity * 100 === Math.round(sparsity * 100) ? 0 : 1)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {curves.map((curve, row) => (
              <Row
                key={curve.tensor}
                row={row}
                curve={curve}
                ladder={ladder}
                metric={metric}
                reference={reference}
                isSelected={curve.tensor === selected}
                now={nearestColumn(ladder, sparsities.get(curve.tensor) ?? 0)}
                activeColumn={active.row === row ? active.column : -1}
                onPress={press}
              />
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.key} aria-hidden="true">
        <span>
          as the original <i className={classes.ramp} /> ruined
        </span>
        <span>
          <i className={classes.now} /> nearest to what the layer has now
        </span>
        <span>A click prunes the layer by that share.</span>
      </p>
    </>
  );
}

interface RowProps {
  readonly row: number;
  readonly curve: SensitivityCurve;
  readonly ladder: readonly number[];
  readonly metric: MetricId;
  readonly reference: number | undefined;
  readonly isSelected: boolean;
  /** Column of the present sparsity. */
  readonly now: number;
  /** Column of the cell that the Tab key stops at; -1 in other rows. */
  readonly activeColumn: number;
  readonly onPress: (event: KeyboardEvent, at: Cell, place: () => void) => void;
}

const Row = memo(
  function Row({ row, curve, ladder, metric, reference, isSelected, now, activeColumn, onPress }: RowProps) {
    return (
      <tr data-selected={isSelected}>
        <th scope="row" className={classes.name}>
          <button
            type="button"
            title={curve.name}
            tabIndex={-1}
            onClick={() => studio.getState().select([curve.tensor], 'only')}
          >
            <bdi>{curve.name}</bdi>
          </button>
        </th>
        {ladder.map((sparsity, column) => {
          const value = cellValue(curve, sparsity, metric);
          const place = () => placeSparsity(curve.tensor, sparsity);
          const label = cellLabel(
            curve.name,
            sparsity,
            metric,
            value,
            column === now,
            cellSure(curve, sparsity, metric),
          );
          return (
            <td
              key={sparsity}
              className={classes.cell}
              style={{ '--loss': value === undefined ? 0 : lossShare(metric, value, reference) } as CSSProperties}
              tabIndex={column === activeColumn ? 0 : -1}
              aria-label={label}
              title={label}
              data-measured={value !== undefined}
              data-now={column === now}
              onClick={place}
              onKeyDown={(event) => onPress(event, { row, column }, place)}
            >
              {value === undefined ? '·' : cellText(metric, value)}
            </td>
          );
        })}
      </tr>
    );
  },
  // The handler is another one each time and does the same.
  (before, after) =>
    (Object.keys(before) as (keyof RowProps)[]).every((key) => key === 'onPress' || before[key] === after[key]),
);
