import { formatInteger, formatPercent } from '../../lib/numbers';
import { useStudio } from '../../state/store';
import { Quality } from '../evaluation/outcome/Quality';
import { FileSize } from './FileSize';
import classes from './OutcomeStrip.module.css';
import { RemarksPill } from './RemarksPill';

/** What the recipe makes of the whole model; follows a drag in the same frame. */
export function OutcomeStrip() {
  const { weights, zeros, zerosBefore, sparsity, exact } = useStudio((state) => state.outcome);
  const size = useStudio((state) => state.checkpoint!.size);
  return (
    <section className={classes.strip} aria-label="Outcome">
      <div>
        <div className={classes.label} aria-hidden>
          Model sparsity
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: an <output> would be read out at every step of a drag */}
        <div className={classes.figure} role="group" aria-label="Model sparsity">
          {!exact && <span title="Counting the weights inside one bin">≈ </span>}
          {formatPercent(sparsity)}
        </div>
      </div>
      <div className={classes.share}>
        <div className={classes.bar} aria-hidden>
          <div className={classes.pruned} style={{ width: `${sparsity * 100}%` }} />
        </div>
        <div className={classes.label}>
          {weights === 0 ? (
            'No layer is switched in for pruning'
          ) : (
            <>
              {formatInteger(zeros)} of {formatInteger(weights)} prunable weights go
              {zerosBefore > 0 && ` · ${formatInteger(zerosBefore)} already zero`}
            </>
          )}
        </div>
      </div>
      <FileSize size={size} />
      <Quality />
      <div className={classes.remarks}>
        <RemarksPill />
      </div>
    </section>
  );
}
