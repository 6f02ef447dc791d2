import { memo, type ReactNode, type RefObject } from 'react';
import type { MeasuredLayer } from '../../../state/reach';
import { useStudio } from '../../../state/store';
import { scopeFigures } from '../../parts/scores/scopeFigures';
import type { ShownScores } from '../../parts/scores/shownScores';
import classes from './ThresholdControls.module.css';
import { ThresholdFields } from './ThresholdFields';

interface ThresholdControlsProps {
  readonly layers: readonly MeasuredLayer[];
  /** The threshold that prunes nothing. */
  readonly floor: number;
  readonly scores: ShownScores;
  readonly disabled: boolean;
  /** Stands below the fields, where there is something to prune. */
  readonly method: ReactNode;
  readonly thresholdField: RefObject<HTMLInputElement | null>;
}

/** The handle in numbers. */
export const ThresholdControls = memo(function ThresholdControls(props: ThresholdControlsProps) {
  return (
    <div className={classes.controls}>
      <LiveFields {...props} />
      {!props.disabled && props.method}
    </div>
  );
});

/** Follows a drag in the same frame. */
function LiveFields({ layers, floor, scores, disabled, thresholdField }: Omit<ThresholdControlsProps, 'method'>) {
  const { outcomes } = useStudio((state) => state.resolution);
  const selection = useStudio((state) => state.selection);
  const scope = useStudio((state) => state.editScope);
  return (
    <ThresholdFields
      // What is half typed is meant for what was shown.
      key={`${scope} ${scope === 'layer' ? selection.at(-1) : selection.join()}`}
      figures={scopeFigures(layers, outcomes, floor, scores.kind === 'placeable' ? scores.groups : undefined)}
      scores={scores}
      disabled={disabled}
      thresholdRef={thresholdField}
    />
  );
}
