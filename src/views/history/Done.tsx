import { formatPercent } from '../../lib/numbers';
import type { HistoryEntry } from '../../state/history';
import { studio, useStudio } from '../../state/store';
import classes from './Done.module.css';
import { timeText } from './timeText';

/** What was done, the newest first; what was undone stands above, until something else is done. */
export function Done() {
  const { past, present, future } = useStudio((state) => state.history);
  const all = [...past, present, ...future].reverse();
  return (
    <section className={classes.done} aria-label="What was done">
      <h3 className={classes.title}>What was done</h3>
      <ol className={classes.list} reversed>
        {all.map((entry, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries are made anew where one becomes known exactly; their place is theirs
          <li key={all.length - i}>
            <Entry entry={entry} isPresent={entry === present} isUndone={i < future.length} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface EntryProps {
  readonly entry: HistoryEntry;
  readonly isPresent: boolean;
  readonly isUndone: boolean;
}

function Entry({ entry, isPresent, isUndone }: EntryProps) {
  const { what, at, sparsity } = entry;
  return (
    <button
      type="button"
      className={classes.entry}
      aria-current={isPresent ? 'step' : undefined}
      data-undone={isUndone}
      title={
        isPresent
          ? undefined
          : isUndone
            ? 'Do it again, up to here'
            : 'Back to here: the steps after it can be done again'
      }
      onClick={() => studio.getState().travelTo(entry)}
    >
      <span className={classes.what}>
        {what}
        {isUndone && <span className={classes.undone}> (undone)</span>}
      </span>
      <span className={classes.figure}>{sparsity === undefined ? '' : formatPercent(sparsity)}</span>
      <span className={classes.time}>{timeText(at)}</span>
    </button>
  );
}
