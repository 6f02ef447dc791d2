import { formatCount, formatInteger, formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import type { MeasuredLayer } from '../../state/reach';
import type { EditScope } from '../../state/selectionSlice';
import { useStudio } from '../../state/store';
import { labelOf } from '../../tensors/dtype';
import { scopeFigures } from '../parts/scores/scopeFigures';
import classes from './LayerHeading.module.css';
import { ScopeSwitch } from './ScopeSwitch';

interface ScopeHeadingProps {
  readonly scope: Exclude<EditScope, 'layer'>;
  /** All that an edit reaches. */
  readonly layers: readonly MeasuredLayer[];
}

/** What the handle reaches, where that is more than one layer: all of it together. */
export function ScopeHeading({ scope, layers }: ScopeHeadingProps) {
  const weights = layers.reduce((sum, { statistics }) => sum + statistics.count, 0);
  const most = layers.reduce((top, { statistics: { min, max } }) => Math.max(top, Math.abs(min) || 0, max || 0), 0);
  const dtypes = [...new Set(layers.map(({ dtype }) => labelOf(dtype)))];
  return (
    <header className={classes.heading}>
      <div className={classes.line}>
        <h2 className={classes.scope}>
          {scope === 'model' ? 'Whole model' : formatQuantity(layers.length, 'selected layer')}
        </h2>
        <ScopeSwitch />
      </div>
      <div className={classes.facts}>
        <span className={classes.chip}>
          {scope === 'model' ? `all ${formatQuantity(layers.length, 'layer')} in pruning` : <Names layers={layers} />}
        </span>
        <span className={classes.chip}>
          <span title={formatInteger(weights)}>{formatCount(weights)} weights</span> · {dtypes.join(', ')}
        </span>
        <dl className={classes.statistics}>
          <div>
            <dt>max |w|</dt>
            <dd>{formatValue(most)}</dd>
          </div>
          <Zeros layers={layers} />
        </dl>
      </div>
    </header>
  );
}

/** As many as there is room for. */
function Names({ layers }: Pick<ScopeHeadingProps, 'layers'>) {
  const named = 3;
  const rest = layers.length - named;
  return (
    <bdi title={layers.map(({ name }) => name).join('\n')}>
      {layers
        .slice(0, named)
        .map(({ name }) => name)
        .join(', ')}
      {rest > 0 && ` and ${formatInteger(rest)} more`}
    </bdi>
  );
}

/** Follows a drag. */
function Zeros({ layers }: Pick<ScopeHeadingProps, 'layers'>) {
  const { outcomes } = useStudio((state) => state.resolution);
  const { zeros, zerosBefore, sparsity } = scopeFigures(layers, outcomes, 0);
  return (
    <>
      <div>
        <dt>zeros</dt>
        <dd>
          {formatInteger(zerosBefore)}
          {zeros !== zerosBefore && ` → ${formatInteger(zeros)}`}
        </dd>
      </div>
      <div>
        <dt>sparsity</dt>
        <dd>{formatPercent(sparsity)}</dd>
      </div>
    </>
  );
}
