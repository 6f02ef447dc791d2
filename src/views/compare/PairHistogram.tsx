import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatInteger, formatQuantity, formatValue } from '../../lib/numbers';
import type { MeasuredTensor } from '../../pruning/scoreBins';
import type { PairStatistics } from '../../state/compareSlice';
import type { ComparedTensor } from '../../tensors/comparison/comparison';
import { type Dtype, isPrunableDtype, type PrunableDtype } from '../../tensors/dtype';
import type { TensorStatistics } from '../../tensors/statistics';
import { Distribution } from '../charts/histogram/distribution';
import type { Values } from '../charts/histogram/domain';
import { type Overlaid, OverlaidLegend } from '../charts/histogram/OverlaidBars';
import { OverlaidChart } from '../charts/histogram/OverlaidChart';
import classes from './Compare.module.css';
import { usePairStatistics } from './usePair';

export interface PairProps {
  readonly pair: ComparedTensor;
  /** From the open checkpoint to the second. */
  readonly original: ComparedTensor;
  readonly files: { readonly before: string; readonly after: string };
  readonly isSwapped: boolean;
}

type Shown = 'both' | 'difference';

/** Both over each other, or their difference. */
export function PairHistogram({ pair, original, files, isSwapped }: PairProps) {
  const { answer, error, isBusy } = usePairStatistics(original);
  const [shown, setShown] = useState<Shown>('both');
  const [values, setValues] = useState<Values>('signed');
  const [isLog, setLog] = useState(false);
  const found = useMemo(
    () => (answer ? distributionsOf(pair, answer, files, isSwapped) : undefined),
    [answer, pair, files, isSwapped],
  );
  if (error) {
    return (
      <p role="alert" className={classes.failure}>
        {error.message} {error.context.advice}
      </p>
    );
  }
  if (!found) return <p className={classes.wait}>Measuring…</p>;
  const isDifference = shown === 'difference' && found.difference !== undefined;
  const drawn = isDifference && found.difference ? [found.difference] : found.both;
  if (drawn.length === 0) return <p className={classes.wait}>Its values are not read: there is nothing to draw.</p>;
  return (
    <div className={classes.drawn} aria-busy={isBusy}>
      <div className={classes.choices}>
        <SegmentedControl<Shown>
          size="xs"
          aria-label="Histogram of"
          value={isDifference ? 'difference' : 'both'}
          onChange={setShown}
          data={[
            { value: 'both', label: 'both' },
            { value: 'difference', label: 'difference', disabled: !found.difference },
          ]}
        />
        <SegmentedControl<Values>
          size="xs"
          aria-label="Values"
          value={values}
          onChange={setValues}
          data={[
            { value: 'signed', label: isDifference ? 'Δ' : 'w' },
            { value: 'magnitude', label: isDifference ? '|Δ|' : '|w|' },
            { value: 'log', label: isDifference ? 'log |Δ|' : 'log |w|' },
          ]}
        />
        <SegmentedControl<'linear' | 'log'>
          size="xs"
          aria-label="Counts"
          value={isLog ? 'log' : 'linear'}
          onChange={(counts) => setLog(counts === 'log')}
          data={['linear', 'log']}
        />
      </div>
      <OverlaidChart
        overlaid={drawn}
        values={values}
        log={isLog}
        isNormalised={false}
        label={
          isDifference
            ? `Histogram of the difference of ${pair.name}`
            : `Histograms of ${pair.name} in ${files.before} and in ${files.after}, over each other`
        }
      />
      <OverlaidLegend overlaid={drawn} about={isDifference ? equalText : zerosText} />
      {isDifference && (
        <p className={classes.about}>
          Δ is what is in {isSwapped ? files.before : files.after} less what is in{' '}
          {isSwapped ? files.after : files.before}.
        </p>
      )}
    </div>
  );
}

function zerosText({ zeros, radius }: Distribution): string {
  return `${formatQuantity(zeros, 'zero')}, to ±${formatValue(radius)}`;
}

function equalText({ zeros, count }: Distribution): string {
  return `${formatInteger(zeros)} of ${formatInteger(count)} equal`;
}

function distributionsOf(
  { dtype, otherDtype = dtype, state }: ComparedTensor,
  { before, after, difference }: PairStatistics,
  files: PairProps['files'],
  isSwapped: boolean,
) {
  const [first, second] = isSwapped ? [after, before] : [before, after];
  const made = (name: string, of: Dtype, statistics: TensorStatistics | undefined): Overlaid[] => {
    if (!statistics || !isPrunableDtype(of) || statistics.count === statistics.nan + statistics.inf) return [];
    const tensor: MeasuredTensor = { dtype: of, statistics };
    return [{ name, distribution: new Distribution([], [tensor]) }];
  };
  // What only the second has stands first in its row.
  const both =
    state === 'only after'
      ? made(files.after, dtype, second)
      : [...made(files.before, dtype, first), ...made(files.after, otherDtype, second)];
  const wide: PrunableDtype = dtype === 'F64' || otherDtype === 'F64' ? 'F64' : 'F32';
  return { both, difference: made('Difference', wide, difference)[0] };
}
