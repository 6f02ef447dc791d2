import { useEffect } from 'react';
import { screen } from '../../state/screen';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { FiguresDialog } from './FiguresDialog';
import { GraphDialog } from './GraphDialog';
import { InputsDialog } from './inputs/InputsDialog';
import { PairingDialog } from './PairingDialog';
import { RepairDialog } from './repair/RepairDialog';
import { RoundsDialog } from './repair/RoundsDialog';
import { TuneDialog } from './tune/TuneDialog';

/** The dialogs of evaluation; a pairing that needs a person's eye opens its own. */
export function EvaluationDialogs() {
  const needsConfirmation = useEvaluation(
    ({ graph, pairingConfirmed, status }) => graph !== null && !pairingConfirmed && status.kind !== 'loading',
  );
  useEffect(() => {
    if (needsConfirmation) screen.getState().show('pairing');
  }, [needsConfirmation]);
  return (
    <>
      <GraphDialog />
      <PairingDialog />
      <InputsDialog />
      <FiguresDialog />
      <TuneDialog />
      <RepairDialog />
      <RoundsDialog />
    </>
  );
}
