import { Button, VisuallyHidden } from '@mantine/core';
import { isBusy } from '../../../state/evaluationState';
import { shownEvaluation } from '../../../state/repairState';
import { screen } from '../../../state/screen';
import { useStudio } from '../../../state/store';
import { Running } from '../../parts/quality/Running';
import { startEvaluation } from '../../parts/quality/start';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { announcementOf } from './announcement';
import { Failure } from './Failure';
import classes from './Quality.module.css';
import { QualityFigure } from './QualityFigure';

/** What the recipe does to the model, beside what it does to its weights. */
export function Quality() {
  const announcement = useStudio(({ evaluation, repair }) =>
    announcementOf(evaluation, shownEvaluation(evaluation, repair)),
  );
  const busy = useEvaluation(isBusy);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={classes.quality} role="group" aria-label="Quality" aria-busy={busy}>
      <Figure />
      <VisuallyHidden role="status">{announcement}</VisuallyHidden>
    </div>
  );
}

function Figure() {
  const status = useEvaluation((state) => state.status);
  const graph = useEvaluation((state) => state.graph);
  const isConfirmed = useEvaluation((state) => state.pairingConfirmed);
  const hasInputs = useEvaluation((state) => state.inputs !== null);
  const hasFigure = useEvaluation((state) => state.evaluation !== null);
  if (status.kind === 'loading' || status.kind === 'searching') return <Running status={status} />;
  if (status.kind === 'failed') return <Failure error={status.error} />;
  if (!graph) return <Offer label="Evaluate…" onClick={startEvaluation} />;
  if (!isConfirmed) return <Offer label="Confirm pairing…" onClick={() => screen.getState().show('pairing')} />;
  if (!hasInputs) return <Offer label="Choose inputs…" onClick={() => screen.getState().show('inputs')} />;
  if (!hasFigure && status.kind === 'ready') return <Offer label="Evaluate now" onClick={evaluator().evaluateNow} />;
  return <QualityFigure />;
}

function Offer({ label, onClick }: { readonly label: string; onClick(): void }) {
  return (
    <>
      <div className={classes.label}>Quality</div>
      <div className={classes.line}>
        <Button size="compact-sm" fw={500} onClick={onClick}>
          {label}
        </Button>
      </div>
    </>
  );
}
