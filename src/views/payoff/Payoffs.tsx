import { useMemo } from 'react';
import { payoffs, verdictOf } from '../../reports/runtimes/runtimes';
import { workOf } from '../../reports/runtimes/work';
import { prunedName } from '../../state/exporting';
import { macsByTensor } from '../../state/slimState';
import { useCheckpoint, useStudio } from '../../state/store';
import classes from './Payoff.module.css';
import { PayoffItem } from './PayoffItem';
import { PermutedPatterns } from './PermutedPatterns';

/** The masks at hand, judged for each runtime; those that gain come first. */
export function Payoffs() {
  const { layers, fileName, can } = useCheckpoint((open) => open);
  const outcomes = useStudio(({ settled }) => settled.outcomes);
  const costs = useStudio(({ slim }) => slim.costs);
  const works = useMemo(
    () => workOf({ layers, outcomes, macs: costs ? macsByTensor(costs) : undefined }),
    [layers, outcomes, costs],
  );
  const all = useMemo(() => payoffs(works, { name: prunedName(fileName), can }), [works, fileName, can]);
  const shown = all.toSorted((a, b) => b.share - a.share);
  return (
    <div className={classes.body}>
      <p className={classes.verdict}>{verdictOf(all, works)}</p>
      <PermutedPatterns />
      <ul className={classes.list}>
        {shown.map((payoff) => (
          <PayoffItem key={payoff.runtime.key} payoff={payoff} />
        ))}
      </ul>
      <p className={classes.note}>
        The work is counted by weights that multiply, pruned or not. Patterns are those that this recipe makes: of a
        file that had one before, a rule of the same n:m takes nothing more, and says so here. What goes is written as
        +0: kernels that read patterns take −0 for a weight.
      </p>
    </div>
  );
}
