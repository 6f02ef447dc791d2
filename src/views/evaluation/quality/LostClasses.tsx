import { useMemo } from 'react';
import { formatQuantity } from '../../../lib/numbers';
import type { Evaluation, InputSummary } from '../../../state/evaluation';
import { screen } from '../../../state/screen';
import { classesInWords } from '../figures';
import { lostClasses } from '../lostClasses';
import classes from './Quality.module.css';

/** What an accuracy hides: classes of which hardly any input is recognised now. */
export function LostClasses(props: { readonly evaluation: Evaluation; readonly inputs: InputSummary }) {
  const { evaluation, inputs } = props;
  const lost = useMemo(() => lostClasses(evaluation, inputs), [evaluation, inputs]);
  if (lost.length === 0) return null;
  const names = classesInWords(lost, inputs.classNames);
  return (
    <button
      type="button"
      className={classes.lost}
      title="Hardly any input of them is recognised now, which the unpruned model did. Show all figures…"
      onClick={() => screen.getState().show('figures')}
    >
      {formatQuantity(lost.length, 'class', 'classes')} lost: {names}
    </button>
  );
}
