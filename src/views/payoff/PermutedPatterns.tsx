import { Button } from '@mantine/core';
import { IconArrowsShuffle, IconDownload } from '@tabler/icons-react';
import { useMemo } from 'react';
import { formatPercent, formatQuantity } from '../../lib/numbers';
import { type PermuteReport, patternsIn } from '../../state/permutationSlice';
import { screen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { StepProgress } from '../parts/progress/StepProgress';
import classes from './Payoff.module.css';

/** Where a recipe has n:m patterns: what another order of channels would win, and the file that has it. */
export function PermutedPatterns() {
  const outcomes = useStudio(({ settled }) => settled.outcomes);
  const hasPatterns = useMemo(() => patternsIn(outcomes).length > 0, [outcomes]);
  const { status, found } = useStudio(({ permutation }) => permutation);
  const isBusy = status.kind === 'searching';
  if (!hasPatterns) return null;
  return (
    <section className={classes.permuted} aria-label="Permuted channels" aria-busy={isBusy}>
      <h3>The same pattern with more of the weights</h3>
      <p>
        Which weights a pattern takes depends on which channels are neighbours. In another order, which the layers
        before and behind take over, the model computes the same, and the pattern keeps more of its magnitude.
      </p>
      <div className={classes.act}>
        {isBusy ? (
          <StepProgress of="Search" status={status} onCancel={() => studio.getState().cancelPermutation()} />
        ) : found ? (
          <Found found={found} />
        ) : (
          <Search />
        )}
      </div>
      <div role="status" className={classes.told}>
        {status.kind === 'refused' && status.sentence}
        {status.kind === 'failed' && status.error.message}
      </div>
    </section>
  );
}

function Search() {
  const hasGraph = useStudio(({ evaluation }) => evaluation.graph !== null && evaluation.pairingConfirmed);
  const canOpen = useStudio((state) => state.canEvaluateCheckpoint());
  if (!hasGraph && !canOpen) {
    return (
      <Button size="compact-sm" onClick={() => screen.getState().show('graph')}>
        Add the graph to see what it wins…
      </Button>
    );
  }
  return (
    <Button
      size="compact-sm"
      leftSection={<IconArrowsShuffle size={16} stroke={1.7} aria-hidden />}
      onClick={() => void studio.getState().searchPermutation()}
    >
      See what would be won
    </Button>
  );
}

function Found({ found }: { readonly found: PermuteReport }) {
  const isExporting = useStudio(({ status }) => status.kind === 'exporting');
  const { plain, permuted, unstructured } = totalsOf(found);
  const readers = found.sets.flatMap((set) => set.readers);
  return (
    <>
      <p className={classes.won}>
        <b>{formatPercent((permuted - plain) / Math.max(Number.MIN_VALUE, unstructured - plain))}</b> of what the
        pattern loses to zeros anywhere is won back, in {formatQuantity(readers.length, 'layer')}:{' '}
        {formatPercent(permuted / unstructured)} of that magnitude in place of {formatPercent(plain / unstructured)}.
      </p>
      <Button
        size="compact-sm"
        variant="filled"
        leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
        disabled={isExporting}
        onClick={() => void studio.getState().downloadPermuted()}
      >
        Export (permuted)
      </Button>
    </>
  );
}

function totalsOf({ sets }: PermuteReport) {
  const sum = (of: (set: PermuteReport['sets'][number]) => number) => sets.reduce((all, set) => all + of(set), 0);
  return {
    plain: sum(({ plain }) => plain),
    permuted: sum(({ permuted }) => permuted),
    unstructured: sum(({ unstructured }) => unstructured),
  };
}
