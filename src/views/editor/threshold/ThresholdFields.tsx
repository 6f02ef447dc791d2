import { Button, VisuallyHidden } from '@mantine/core';
import type { Ref } from 'react';
import { formatInteger } from '../../../lib/numbers';
import { granularityOf } from '../../../pruning/granularities/granularities';
import { studio } from '../../../state/store';
import { classNames } from '../../parts/classNames';
import { NumberField } from '../../parts/fields/NumberField';
import { parseSparsity, parseThreshold, sparsityText, thresholdText } from '../../parts/fields/typedNumber';
import { type ScopeFigures, shareOf } from '../../parts/scores/scopeFigures';
import type { ShownScores } from '../../parts/scores/shownScores';
import classes from './ThresholdFields.module.css';

interface ThresholdFieldsProps {
  readonly figures: ScopeFigures;
  readonly scores: ShownScores;
  readonly disabled: boolean;
  readonly thresholdRef: Ref<HTMLInputElement>;
}

/** The handle in numbers, both ways, and what comes of it. */
export function ThresholdFields({ figures, scores, disabled, thresholdRef }: ThresholdFieldsProps) {
  const { threshold, pruned } = figures;
  const { setThreshold, setTargetSparsity, resetScope } = studio.getState();
  return (
    <div className={classes.fields}>
      <NumberField
        ref={thresholdRef}
        label="Threshold value"
        text={threshold.kind === 'one' ? thresholdText(threshold.value) : ''}
        placeholder={threshold.kind === 'mixed' ? 'mixed' : 'none'}
        disabled={disabled || scores.kind !== 'placeable'}
        parse={(text) => parseThreshold(text, scores.kind === 'placeable' ? scores.ranking : 'magnitude')}
        onCommit={setThreshold}
      />
      <NumberField
        label="Target sparsity"
        text={disabled && pruned === 0 ? '' : sparsityText(shareOf(figures))}
        unit="%"
        disabled={disabled || !takesSparsity(scores)}
        parse={parseSparsity}
        onCommit={setTargetSparsity}
      />
      <div className={classes.figures}>
        <FiguresText figures={figures} scores={scores} />
      </div>
      <Button
        className={classNames(classes.reset)}
        disabled={disabled || (threshold.kind === 'none' && pruned === 0)}
        title="Prune nothing here (double-click the handle)"
        onClick={resetScope}
      >
        Reset
      </Button>
    </div>
  );
}

/** What comes out. */
function FiguresText({ figures, scores }: Pick<ThresholdFieldsProps, 'figures' | 'scores'>) {
  const { zeros, zerosBefore, weights, exact, groups } = figures;
  return (
    <span>
      {!exact && <span title="Counting the weights inside one bin">≈ </span>}
      {groups && scores.kind === 'placeable'
        ? `${formatInteger(groups.gone)} of ${formatInteger(groups.total)} ${scores.words.nounFor(groups.total)} go · ${formatInteger(zeros)} weights of ${formatInteger(weights)}`
        : `${formatInteger(zeros - zerosBefore)} go · ${formatInteger(weights - zeros)} stay`}
      {zerosBefore > 0 && ` · ${formatInteger(zerosBefore)} zero before`}
      {!exact && <VisuallyHidden> (being counted exactly)</VisuallyHidden>}
    </span>
  );
}

/** A pattern says itself how much goes; where methods differ, one sparsity would mean none of them. */
function takesSparsity(scores: ShownScores): boolean {
  if (scores.kind === 'fixed') return granularityOf(scores.rule.granularity).takes !== 'patterns';
  return scores.kind !== 'several';
}
