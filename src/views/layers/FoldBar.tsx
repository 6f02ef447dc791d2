import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { formatInteger, formatQuantity } from '../../lib/numbers';
import type { Layer } from '../../state/checkpointSlice';
import { studio, useStudio } from '../../state/store';
import { classNames } from '../parts/classNames';
import classes from './FoldBar.module.css';
import { foldedKinds } from './fold';

/** Below the rows: what is folded away, and the way to see it. */
export function FoldBar({ layers }: { readonly layers: readonly Layer[] }) {
  const unfolded = useStudio((state) => state.unfolded);
  if (layers.length === 0) return null;
  const Icon = unfolded ? IconChevronUp : IconChevronDown;
  return (
    <div className={classes.bar}>
      <Button
        className={classNames(classes.button)}
        size="compact-sm"
        variant="subtle"
        color="gray"
        aria-expanded={unfolded}
        leftSection={<Icon size={14} aria-hidden />}
        onClick={() => studio.getState().setUnfolded(!unfolded)}
      >
        {unfolded
          ? `Fold ${formatQuantity(layers.length, 'tensor')}`
          : `${formatInteger(layers.length)} more ${layers.length === 1 ? 'tensor' : 'tensors'}`}
      </Button>
      <span className={classes.kinds}>
        {foldedKinds(layers)
          .map((group) => `${formatInteger(group.layers.length)} ${group.kind}`)
          .join(', ')}
        {', off'}
      </span>
    </div>
  );
}
