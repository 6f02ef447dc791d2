import { Button, VisuallyHidden } from '@mantine/core';
import type { Ref } from 'react';
import { formatInteger } from '../../../lib/numbers';
import type { Criterion } from '../../../pruning/recipe';
import { studio } from '../../../state/store';
import type { ScopeFigures } from '../editScope';
import { NumberField } from './NumberField';
import classes from './ThresholdFields.module.css';
import { parseSparsity, parseThreshold, sparsityText, thresholdText } from './typedNumber';

interface ThresholdFieldsProps {
  readonly figures: ScopeFigures;
  readonly criterion: Criterion;
  readonly disabled: boolean;
  readonly thresholdRef: Ref<HTMLInputElement>;
}

/** The handle in numbers, both ways, and what comes of it. */
export function ThresholdFields({ figures, criterion, disabled, thresholdRef }: ThresholdFieldsProps) {
  const { threshold, sparsity, zeros, zerosBefore, weights, exact } = figures;
  const { setThreshold, setTargetSparsity, resetScope } = studio.getState();
  return (
    <div className={classes.fields}>
      <NumberField
        ref={thresholdRef}
        label="Threshold value"
        text={threshold.kind === 'one' ? thresholdText(threshold.value) : ''}
        placeholder={threshold.kind === 'mixed' ? 'mixed' : 'none'}
        disabled={disabled}
        parse={(text) => parseThreshold(text, criterion)}
        onCommit={setThreshold}
      />
      <NumberField
        label="Target sparsity"
        text={threshold.kind === 'mixed' || disabled ? '' : sparsityText(sparsity)}
        placeholder={threshold.kind === 'mixed' ? 'mixed' : ''}
        unit="%"
        disabled={disabled}
        parse={parseSparsity}
        onCommit={setTargetSparsity}
      />
      <div className={classes.figures}>
        <span>
          {!exact && <span title="Counting the weights inside one bin">≈ </span>}
          {formatInteger(zeros)} go · {formatInteger(weights - zeros)} stay
          {zerosBefore > 0 && ` · ${formatInteger(zerosBefore)} already zero`}
          {!exact && <VisuallyHidden> (being counted exactly)</VisuallyHidden>}
        </span>
      </div>
      <Button
        className={classes.reset!}
        disabled={disabled || threshold.kind === 'none'}
        title="Prune nothing here (double-click the handle)"
        onClick={resetScope}
      >
        Reset
      </Button>
    </div>
  );
}
