import { Button, VisuallyHidden } from '@mantine/core';
import { IconBandage } from '@tabler/icons-react';
import { useState } from 'react';
import { screen } from '../../../state/screen';
import { classNames } from '../../parts/classNames';
import { StepProgress } from '../../parts/progress/StepProgress';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { useOfferedSet } from '../../parts/quality/useOfferedSet';
import { repairer, useRepair } from '../../parts/quality/useRepair';
import { announcementOf } from './announcement';
import { Calibration } from './Calibration';
import { type Asked, CalibrationQuestion } from './CalibrationQuestion';
import classes from './Repair.module.css';
import { Switches } from './Switches';
import { ThreeFigures } from './ThreeFigures';
import { Told } from './Told';

/** What pruning took of quality, and won back by fitting the weights that stay. */
export function RepairRegion() {
  const isBusy = useRepair(({ status }) => status.kind === 'repairing');
  const announcement = useRepair(announcementOf);
  useOfferedSet();
  const [asked, setAsked] = useState<Asked | null>(null);
  const hasInputs = useEvaluation(({ inputs }) => inputs !== null);
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={classes.region} aria-label="Repair" aria-busy={isBusy}>
      <div className={classes.line}>
        <Act onAsk={() => setAsked('random')} />
        <ThreeFigures />
        <Told />
        <Switches />
        <Button
          className={classNames(classes.toggle)}
          size="compact-xs"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Settings
        </Button>
        <div className={classes.right}>
          {hasInputs && (
            <div className={classes.settings} data-open={isOpen}>
              <Calibration onAsk={setAsked} />
            </div>
          )}
          <More />
        </div>
      </div>
      {asked && <CalibrationQuestion asked={asked} onAnswered={() => setAsked(null)} />}
      <VisuallyHidden role="status">{announcement}</VisuallyHidden>
    </section>
  );
}

/** The button, or how far it is. */
function Act({ onAsk }: { onAsk(): void }) {
  const status = useRepair((state) => state.status);
  const needsChoice = useRepair(({ calibration, usual }) => calibration === null && usual === null);
  const isElsewhere = useEvaluation(({ status: { kind } }) => kind === 'loading' || kind === 'searching');
  const hasInputs = useEvaluation(({ inputs }) => inputs !== null);
  const isFresh = useRepair((state) => state.isFresh);
  if (status.kind === 'repairing' && !status.isLive) {
    return <StepProgress of="Repair" status={status} onCancel={repairer().cancelRepair} />;
  }
  return (
    <Button
      size="compact-sm"
      variant={isFresh ? 'default' : 'filled'}
      leftSection={<IconBandage size={16} stroke={1.8} aria-hidden />}
      disabled={isElsewhere || !hasInputs}
      onClick={needsChoice ? onAsk : () => void repairer().repairNow()}
    >
      Repair
    </Button>
  );
}

function More() {
  const hasInputs = useEvaluation(({ inputs }) => inputs !== null);
  const hasReport = useRepair(({ report }) => report !== null);
  return (
    <div className={classes.more}>
      {hasReport && (
        <Button size="compact-xs" onClick={() => screen.getState().show('repair')}>
          What changed…
        </Button>
      )}
      {hasInputs && (
        <Button size="compact-xs" onClick={() => screen.getState().show('rounds')}>
          In rounds…
        </Button>
      )}
    </div>
  );
}
