import { useShallow } from 'zustand/react/shallow';
import { formatCount, formatInteger, formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import type { Layer } from '../../state/checkpointSlice';
import { lockedIn } from '../../state/locks';
import { layersReached, type MeasuredLayer } from '../../state/reach';
import { useStudio } from '../../state/store';
import { ownersNamed } from '../../tensors/owners';
import { KeepThese } from '../parts/locks/KeepThese';
import { scopeFigures } from '../parts/scores/scopeFigures';
import classes from './LayerHeading.module.css';
import { Locks } from './Locks';
import { ScopeSwitch } from './ScopeSwitch';

/** What is edited where that is more than one layer. */
export function ScopeHeading({ layers }: { readonly layers: readonly Layer[] }) {
  const scope = useStudio((state) => state.editScope);
  const selection = useStudio((state) => state.selection);
  const reached = useStudio(useShallow(layersReached));
  const locks = useStudio(({ recipe }) => lockedIn(recipe, layers));
  const isModel = scope === 'model';
  const selected = ownersNamed(selection, layers);
  const weights = reached.reduce((sum, { numel }) => sum + numel, 0);
  const locked = layers.filter(({ id, sameAs }) => locks.has(id) && sameAs === undefined);
  const off = selected.filter(({ id }) => !locks.has(id) && !reached.some((layer) => layer.id === id));
  return (
    <header className={classes.heading}>
      <div className={classes.line}>
        <h2 className={classes.scope} title={isModel ? undefined : selected.map(({ name }) => name).join('\n')}>
          {isModel ? 'Whole model' : `${formatQuantity(selected.length, 'layer')} selected`}
        </h2>
        <ScopeSwitch />
      </div>
      <div className={classes.facts}>
        <span className={classes.chip}>
          {formatQuantity(reached.length, 'layer')} · <span title={formatInteger(weights)}>{formatCount(weights)}</span>{' '}
          weights
        </span>
        <Figures layers={reached} />
        {!isModel && off.length > 0 && (
          <span>
            {formatQuantity(off.length, 'tensor')}{' '}
            {off.length === 1 ? 'is off and stays as it is' : 'are off and stay as they are'}
          </span>
        )}
      </div>
      {isModel ? (
        <>
          <KeepThese />
          {locked.length > 0 && <Locks meant={locked} layers={layers} />}
        </>
      ) : (
        <Locks meant={selected} layers={layers} />
      )}
    </header>
  );
}

/** Of all of it together. Follows a drag. */
function Figures({ layers }: { readonly layers: readonly MeasuredLayer[] }) {
  const { outcomes } = useStudio((state) => state.resolution);
  const { zeros, zerosBefore, sparsity } = scopeFigures(layers, outcomes, 0);
  const most = layers.reduce((top, { statistics: { min, max } }) => Math.max(top, Math.abs(min) || 0, max || 0), 0);
  return (
    <dl className={classes.statistics}>
      <div>
        <dt>max |w|</dt>
        <dd>{formatValue(most)}</dd>
      </div>
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
    </dl>
  );
}
