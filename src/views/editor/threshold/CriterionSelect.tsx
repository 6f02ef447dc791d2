import { NativeSelect } from '@mantine/core';
import { useId } from 'react';
import type { Criterion } from '../../../pruning/recipe';
import { studio } from '../../../state/store';
import classes from './CriterionSelect.module.css';

const criteria: Readonly<Record<Criterion, { readonly label: string; readonly help: string }>> = {
  magnitude: {
    label: 'magnitude |w|',
    help: 'Magnitude (L1 unstructured): the smallest weights of either sign go, |w| ≤ threshold.',
  },
  signed: {
    label: 'signed w',
    help: 'Signed value: everything at or below the threshold goes, large negative weights first.',
  },
};

/** Which weights go first, and what that is called elsewhere. */
export function CriterionSelect(props: { readonly criterion: Criterion; readonly disabled: boolean }) {
  const help = useId();
  return (
    <div className={classes.criterion}>
      <NativeSelect
        label="Criterion"
        size="xs"
        classNames={{ root: classes.field!, label: classes.label!, input: classes.input! }}
        value={props.criterion}
        disabled={props.disabled}
        aria-describedby={help}
        onChange={(event) => studio.getState().setCriterion(event.currentTarget.value as Criterion)}
        data={Object.entries(criteria).map(([value, { label }]) => ({ value, label }))}
      />
      <span id={help} className={classes.help}>
        {criteria[props.criterion].help}
      </span>
    </div>
  );
}
