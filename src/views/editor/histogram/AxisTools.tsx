import { SegmentedControl } from '@mantine/core';
import type { Values } from '../../charts/histogram/domain';
import classes from './DistributionCard.module.css';

export type Counts = 'linear' | 'log';

interface AxisToolsProps {
  readonly values: Values;
  /** Absent: there is no choice. */
  readonly setValues: ((values: Values) => void) | undefined;
  /** Whether thresholds have a sign: on an axis of magnitudes they have no place. */
  readonly isSigned: boolean;
  readonly counts: Counts;
  readonly setCounts: (counts: Counts) => void;
}

/** How the histogram is drawn: what is along, and what is up. */
export function AxisTools({ values, setValues, isSigned, counts, setCounts }: AxisToolsProps) {
  return (
    <>
      {setValues && (
        <SegmentedControl<Values>
          size="xs"
          aria-label="Values"
          value={values}
          onChange={setValues}
          data={[
            { value: 'signed', label: 'w' },
            { value: 'magnitude', label: '|w|', disabled: isSigned },
            { value: 'log', label: 'log |w|', disabled: isSigned },
          ]}
        />
      )}
      <span className={classes.choice}>
        <span>counts</span>
        <SegmentedControl<Counts>
          size="xs"
          aria-label="Counts"
          value={counts}
          onChange={setCounts}
          data={[
            { value: 'linear', label: 'linear' },
            { value: 'log', label: 'log' },
          ]}
        />
      </span>
    </>
  );
}
