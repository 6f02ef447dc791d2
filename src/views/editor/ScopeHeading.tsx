import { useShallow } from 'zustand/react/shallow';
import { formatCount, formatInteger, formatQuantity } from '../../lib/numbers';
import type { Layer } from '../../state/checkpointSlice';
import { lockedIn } from '../../state/locks';
import { layersReached } from '../../state/reach';
import { useStudio } from '../../state/store';
import { ownersNamed } from '../../tensors/owners';
import { KeepThese } from '../parts/locks/KeepThese';
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
