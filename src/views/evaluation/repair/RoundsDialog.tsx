import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { formatPercent } from '../../../lib/numbers';
import type { Rounds } from '../../../state/repairState';
import { screen, useScreen } from '../../../state/screen';
import { NumberSetting } from '../../parts/fields/NumberSetting';
import { DialogFrame } from '../../parts/frames/DialogFrame';
import { Later } from '../../parts/later/Later';
import { later } from '../../parts/later/laterPart';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { repairer, useRepair } from '../../parts/quality/useRepair';
import dialog from '../Dialog.module.css';
import classes from './RoundsDialog.module.css';

const roundsPlot = later(() => import('./RoundsPlot').then(({ RoundsPlot }) => RoundsPlot));

/** To a sparsity in rounds, each of them pruned a little further and repaired. It goes on when this is closed. */
export function RoundsDialog() {
  const isShown = useScreen((state) => state.dialog === 'rounds');
  const hasInputs = useEvaluation(({ inputs }) => inputs !== null);
  return (
    <DialogFrame
      opened={isShown && hasInputs}
      onClose={screen.getState().close}
      title="Prune and repair in rounds"
      width={620}
    >
      {isShown && hasInputs && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const rounds = useRepair((state) => state.rounds);
  const status = useRepair((state) => state.status);
  const isRunning = rounds?.state === 'running';
  return (
    <div className={dialog.body}>
      <p className={dialog.help}>
        The model is pruned a little, repaired, pruned further: later rounds choose among the repaired weights.
        Measured, 90 % of ResNet-20 kept 69.5 % of its answers right that way, and 59.7 % where all was pruned at once.
      </p>
      {!isRunning && <Start />}
      {rounds && <SoFar rounds={rounds} />}
      {status.kind === 'failed' && <p className={dialog.failure}>{status.error.message}</p>}
      {status.kind === 'refused' && <p className={dialog.failure}>{status.sentence}</p>}
      <div className={dialog.buttons}>
        {isRunning && (
          <>
            <p>It goes on when this is closed.</p>
            <Button size="sm" onClick={repairer().cancelRepair}>
              Cancel
            </Button>
            <Button size="sm" disabled={rounds.figures.length === 0} onClick={repairer().stopRounds}>
              Stop and keep the last round
            </Button>
          </>
        )}
        <Button size="sm" onClick={screen.getState().close}>
          Close
        </Button>
      </div>
    </div>
  );
}

function Start() {
  const [percent, setPercent] = useState(90);
  const needsChoice = useRepair(({ calibration, usual }) => calibration === null && usual === null);
  const isBusy = useEvaluation(({ status: { kind } }) => kind === 'searching' || kind === 'loading');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void repairer().repairInRounds(percent / 100);
  };
  return (
    <form className={classes.start} onSubmit={submit}>
      <NumberSetting
        label="Prune to"
        unit="%"
        help="Of the weights that are in, over the whole model."
        value={percent}
        isFraction
        least={1}
        most={99.9}
        onChange={setPercent}
      />
      <Button size="sm" variant="filled" type="submit" disabled={isBusy || needsChoice} data-autofocus>
        Prune to {percent} % with repair
      </Button>
      {needsChoice && (
        <p className={dialog.help}>Choose calibration inputs first: there are only random numbers at hand.</p>
      )}
    </form>
  );
}

const ends: Readonly<Record<Rounds['state'], string>> = {
  running: '',
  finished: 'Done: the recipe has a step for each round, and Repaired is on. One undo takes all of it back.',
  stopped: 'Stopped: the last round that was finished is kept, and Repaired is on.',
  cancelled: 'Cancelled: all is as it was.',
};

function SoFar({ rounds }: { readonly rounds: Rounds }) {
  const { figures, state, step, target } = rounds;
  const last = figures.at(-1);
  const text = state === 'running' ? step : ends[state];
  return (
    <figure className={classes.figure}>
      {figures.length > 0 && (
        <div className={classes.chart}>
          <Later part={roundsPlot} with={{ figures }} />
        </div>
      )}
      <figcaption className={dialog.help} role="status">
        {last && `${formatPercent(last.sparsity)} of ${formatPercent(target)}. `}
        {text}
      </figcaption>
    </figure>
  );
}
