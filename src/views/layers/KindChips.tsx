import { formatInteger } from '../../lib/numbers';
import { studio } from '../../state/store';
import { type IsIn, inclusionOf, switched } from './inclusion';
import classes from './KindChips.module.css';
import type { KindGroup } from './kinds';

interface KindChipsProps {
  readonly groups: readonly KindGroup[];
  readonly isIn: IsIn;
  readonly filter: string;
  onFilter(filter: string): void;
}

/** One chip a kind: its name shows only that kind, its checkbox takes all of it in or out of pruning, as a row's does. */
export function KindChips({ groups, isIn, filter, onFilter }: KindChipsProps) {
  return (
    <fieldset className={classes.chips}>
      <legend className={classes.legend}>Kinds</legend>
      {groups
        .filter((group) => group.prunable)
        .map(({ kind, layers }) => {
          const inclusion = inclusionOf(layers, isIn);
          const term = `kind:${kind}`;
          const isShown = filter.trim() === term;
          return (
            <span key={kind} className={classes.chip} data-shown={isShown || undefined}>
              <label>
                <input
                  type="checkbox"
                  checked={inclusion === 'all'}
                  ref={(input) => {
                    if (input) input.indeterminate = inclusion === 'some';
                  }}
                  aria-label={`Prune all ${kind}`}
                  title={
                    inclusion === 'all' ? `Take all ${kind} tensors out of pruning` : `Take all ${kind} tensors in`
                  }
                  onChange={() => {
                    const { ids, included } = switched(layers, isIn);
                    studio.getState().setIncluded(ids, included);
                  }}
                />
              </label>
              <button
                type="button"
                aria-pressed={isShown}
                title={isShown ? 'Show everything again' : `Show only ${kind}`}
                onClick={() => onFilter(isShown ? '' : term)}
              >
                {kind} {formatInteger(layers.length)}
              </button>
            </span>
          );
        })}
    </fieldset>
  );
}
