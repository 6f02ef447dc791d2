import { IconCheck, IconMinus } from '@tabler/icons-react';
import { formatInteger } from '../../lib/numbers';
import { studio } from '../../state/store';
import { type Inclusion, type IsIn, inclusionOf, switched } from './inclusion';
import classes from './KindChips.module.css';
import type { KindGroup } from './kinds';

const pressed = { none: false, some: 'mixed', all: true } as const;

/** One button a kind: switches all its tensors in or out of pruning. */
export function KindChips({ groups, isIn }: { readonly groups: readonly KindGroup[]; readonly isIn: IsIn }) {
  return (
    <fieldset className={classes.chips}>
      <legend className={classes.legend}>Prune</legend>
      {groups
        .filter((group) => group.prunable)
        .map(({ kind, layers }) => {
          const inclusion = inclusionOf(layers, isIn);
          return (
            <button
              key={kind}
              type="button"
              className={classes.chip}
              aria-pressed={pressed[inclusion]}
              title={titleOf(kind, inclusion)}
              onClick={() => {
                const { ids, included } = switched(layers, isIn);
                studio.getState().setIncluded(ids, included);
              }}
            >
              {inclusion === 'all' && <IconCheck size={12} aria-hidden />}
              {inclusion === 'some' && <IconMinus size={12} aria-hidden />}
              {kind} {formatInteger(layers.length)}
            </button>
          );
        })}
    </fieldset>
  );
}

function titleOf(kind: string, inclusion: Inclusion): string {
  switch (inclusion) {
    case 'all':
      return `All ${kind} tensors are in pruning: click to take them out`;
    case 'some':
      return `Some ${kind} tensors are in pruning: click to take all in`;
    case 'none':
      return `No ${kind} tensor is in pruning: click to take them in`;
  }
}
