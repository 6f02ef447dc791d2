import { useState } from 'react';
import { screen, useScreen } from '../../../state/screen';
import { DialogFrame } from '../../parts/frames/DialogFrame';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { repairer } from '../../parts/quality/useRepair';
import classes from '../Dialog.module.css';
import { FailureNote } from '../FailureNote';
import { TuneForm } from './TuneForm';
import { TuneProgress } from './TuneProgress';
import { TuneResult } from './TuneResult';

/** Thresholds found by the studio itself. It goes on when the dialog is closed. */
export function TuneDialog() {
  const opened = useScreen((state) => state.dialog === 'tune');
  const hasInputs = useEvaluation((state) => state.inputs !== null);
  return (
    <DialogFrame opened={opened && hasInputs} onClose={screen.getState().close} title="Auto-tune" width={560}>
      {opened && hasInputs && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const tuning = useEvaluation((state) => state.tuning);
  const [asksAgain, setAsksAgain] = useState(false);
  const isRunning = tuning?.state === 'running';
  const hasResult = tuning !== null && !isRunning;
  return (
    <div className={classes.body}>
      {isRunning && <TuneProgress tuning={tuning} />}
      {hasResult && !asksAgain && <TuneResult tuning={tuning} onAskAgain={() => setAsksAgain(true)} />}
      {!isRunning && (tuning === null || asksAgain) && (
        <TuneForm
          onStart={(goal, isRepaired) => {
            setAsksAgain(false);
            void (isRepaired ? repairer().tuneRepaired(goal) : evaluator().autoTune(goal));
          }}
        />
      )}
      <FailureNote />
    </div>
  );
}
