import { VisuallyHidden } from '@mantine/core';
import { formatCount, formatInteger, formatPercent, formatShape, formatValue } from '../../lib/numbers';
import { studio } from '../../state/store';
import { storedLabel } from '../../tensors/dtype';
import { Macs } from '../parts/quality/Macs';
import { axesText, kindText, reasonText } from '../parts/words/layerWords';
import { type ColumnId, largestMagnitude, nonFinite } from './columns';
import type { Figures } from './figures';
import classes from './LayerCell.module.css';
import { NameEnd } from './NameCell';
import { type LayerRow, shortReason } from './rows';
import { Sparkline } from './Sparkline';

interface CellProps {
  readonly row: LayerRow;
  readonly figures: Figures;
}

/** The content of one cell; the name's is `NameCell`. */
export function LayerCell({ column, row, figures }: CellProps & { readonly column: Exclude<ColumnId, 'name'> }) {
  const { layer } = row;
  const { statistics } = layer;
  switch (column) {
    case 'included':
      return <IncludedCell row={row} figures={figures} />;
    case 'kind':
      return <span title={[kindText(layer), axesText(layer)].filter(Boolean).join('\n')}>{layer.kind}</span>;
    case 'shape':
      return <span title={formatShape(layer.shape)}>{formatShape(layer.shape)}</span>;
    case 'dtype':
      return storedLabel(layer);
    case 'parameters':
      return <span title={formatInteger(layer.numel)}>{formatCount(layer.numel)}</span>;
    case 'macs':
      return <Macs of={[layer]} />;
    case 'mean':
      return value(statistics?.mean);
    case 'std':
      return value(statistics?.std);
    case 'maximum':
      return value(largestMagnitude(statistics));
    case 'zeros':
      return statistics ? <span title={formatInteger(statistics.zeros)}>{formatCount(statistics.zeros)}</span> : '–';
    case 'nonFinite': {
      const count = nonFinite(statistics);
      if (!count) return count === 0 ? '0' : '–';
      return <span className={classes.bad}>{formatInteger(count)}</span>;
    }
    case 'weights':
      return (
        <Sparkline
          layer={layer}
          threshold={figures.ranking && figures.threshold}
          ranking={figures.ranking ?? 'magnitude'}
        />
      );
    case 'threshold':
      return <ThresholdCell figures={figures} />;
    case 'sparsity':
      return <SparsityCell row={row} figures={figures} />;
  }
}

function value(number: number | undefined): string {
  return number === undefined || Number.isNaN(number) ? '–' : formatValue(number);
}

/** A threshold, and what it is on where that is not the magnitude of single weights. */
function ThresholdCell({ figures: { threshold, chip, meaning } }: Pick<CellProps, 'figures'>) {
  return (
    <span className={classes.threshold} title={meaning}>
      {chip !== undefined && <span className={classes.chip}>{chip}</span>}
      {(threshold !== undefined || chip === undefined) && value(threshold)}
    </span>
  );
}

function IncludedCell({ row: { layer }, figures }: CellProps) {
  return (
    <label className={classes.hit}>
      <input
        type="checkbox"
        className={classes.checkbox}
        // The grid is one stop of the Tab key; Space switches the row from there.
        tabIndex={-1}
        checked={figures.included}
        disabled={!layer.prunable}
        aria-label={`Prune ${layer.name}`}
        title={reasonText(layer)}
        onChange={(event) => studio.getState().setIncluded([layer.id], event.currentTarget.checked)}
      />
    </label>
  );
}

function SparsityCell({ row: { layer, owner }, figures: { included, zeros = 0, exact } }: CellProps) {
  if (owner !== layer) {
    return (
      <span className={classes.tied} title={reasonText(layer)}>
        {owner.numel === layer.numel ? '=' : 'part of'}
        <NameEnd className={undefined} name={owner.name} />
      </span>
    );
  }
  if (!included) {
    return (
      <span className={classes.reason} title={reasonText(layer)}>
        {shortReason(layer)}
      </span>
    );
  }
  return <SparsityFigure zeros={zeros} of={layer.numel} exact={exact} />;
}

/** A share as a bar and as a number. */
export function SparsityFigure(props: {
  readonly zeros: number;
  readonly of: number;
  readonly exact?: boolean | undefined;
}) {
  const { zeros, of, exact } = props;
  const sparsity = of > 0 ? zeros / of : 0;
  const emptied = zeros > 0 && zeros === of;
  return (
    <span className={classes.sparsity}>
      <span className={classes.bar} aria-hidden="true">
        <span style={{ transform: `scaleX(${sparsity})` }} />
      </span>
      <span className={emptied ? classes.bad : undefined}>
        {exact === false && '≈'}
        {formatPercent(sparsity)}
        {emptied && <VisuallyHidden>, nothing is left</VisuallyHidden>}
      </span>
    </span>
  );
}
