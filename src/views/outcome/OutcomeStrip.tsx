import { type ReactNode, useMemo } from 'react';
import { formatPercent } from '../../lib/numbers';
import { weightsOf } from '../../state/outcome';
import { useCheckpoint, useStudio } from '../../state/store';
import { figureParts, goingTexts, scopeText } from '../parts/words/figureWords';
import { FileSize } from './FileSize';
import { ModelCosts } from './ModelCosts';
import classes from './OutcomeStrip.module.css';
import { RemarksPill } from './RemarksPill';
import { UnderstandButton } from './UnderstandButton';

/** What the recipe makes of the whole model; follows a drag in the same frame. @param quality what it does to its outputs */
export function OutcomeStrip({ quality }: { readonly quality: ReactNode }) {
  const { sparsity, exact } = useStudio((state) => state.outcome);
  const size = useCheckpoint(({ size }) => size);
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
      <Share />
      <FileSize size={size} />
      <ModelCosts />
      {quality}
      <div className={classes.remarks}>
        <UnderstandButton />
        <RemarksPill />
      </div>
    </section>
  );
}

/** What the figure is of: weights that go, those that were zero before, and how many of all are in pruning. */
function Share() {
  const outcome = useStudio((state) => state.outcome);
  const layers = useCheckpoint(({ layers }) => layers);
  // What is in does not change during a drag.
  const settled = useStudio((state) => state.settled);
  const all = useMemo(() => weightsOf(layers, settled), [layers, settled]);
  const parts = figureParts(outcome);
  const { going, before } = goingTexts(outcome);
  return (
    <div className={classes.share}>
      <div className={classes.bar} aria-hidden>
        <div className={classes.before} style={{ width: `${parts.before * 100}%` }} />
        <div className={classes.pruned} style={{ width: `${parts.going * 100}%` }} />
      </div>
      <div className={classes.label}>
        {outcome.weights === 0 ? (
          'No layer is switched in for pruning'
        ) : (
          <>
            <span className={classes.prunedMark} aria-hidden />
            {going}
            {before && (
              <>
                , <span className={classes.beforeMark} aria-hidden />
                {before}
              </>
            )}
          </>
        )}
      </div>
      <div className={classes.label}>{scopeText(outcome.weights, all)}</div>
    </div>
  );
}
