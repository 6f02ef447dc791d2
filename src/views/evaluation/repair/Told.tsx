import { useStudio } from '../../../state/store';
import { useRepair } from '../../parts/quality/useRepair';
import { offer, toldOf } from './announcement';
import classes from './Repair.module.css';

/** One sentence: what a repair is, what became of it, or what it is of. */
export function Told() {
  const text = useRepair(toldOf);
  const isLoss = useRepair(({ status }) => status.kind === 'failed' || status.kind === 'refused');
  const nothingPruned = useStudio(({ outcome }) => outcome.zeros === outcome.zerosBefore);
  if (text === undefined) return null;
  return (
    <p className={classes.told} data-loss={isLoss}>
      {text === offer && nothingPruned ? `${offer} Prune first, then press it.` : text}
    </p>
  );
}
