import { memo, type RefObject } from 'react';
import type { Criterion } from '../../../pruning/recipe';
import { useStudio } from '../../../state/store';
import { type MeasuredLayer, scopeFigures } from '../editScope';
import { CriterionSelect } from './CriterionSelect';
import classes from './ThresholdControls.module.css';
import { ThresholdFields } from './ThresholdFields';

interface ThresholdControlsProps {
  readonly layers: readonly MeasuredLayer[];
  /** The threshold that prunes nothing. */
  readonly floor: number;
  readonly criterion: Criterion;
  readonly disabled: boolean;
  readonly thresholdField: RefObject<HTMLInputElement | null>;
}

/** The handle in numbers. */
export const ThresholdControls = memo(function ThresholdControls(props: ThresholdControlsProps) {
  return (
    <div className={classes.controls}>
      <LiveFields {...props} />
      <CriterionSelect criterion={props.criterion} disabled={props.disabled} />
    </div>
  );
});

/** Follows a drag in the same frame. */
function LiveFields({ layers, floor, criterion, disabled, thresholdField }: ThresholdControlsProps) {
  const { outcomes } = useStudio((state) => state.resolution);
  const selection = useStudio((state) => state.selection);
  const scope = useStudio((state) => state.editScope);
  return (
    <ThresholdFields
      // What is half typed is meant for what was shown.
      key={`${scope} ${scope === 'layer' ? selection.at(-1) : selection.join()}`}
      figures={scopeFigures(layers, outcomes, floor)}
      criterion={criterion}
      disabled={disabled}
      thresholdRef={thresholdField}
    />
  );
}
