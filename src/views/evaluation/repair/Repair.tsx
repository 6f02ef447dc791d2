import { useStudio } from '../../../state/store';
import { Later } from '../../parts/later/Later';
import { later } from '../../parts/later/laterPart';

const region = later(() => import('./RepairRegion').then(({ RepairRegion }) => RepairRegion));

/** Where the model can be run, or its recipe was repaired. */
export function Repair() {
  const isWanted = useStudio(({ evaluation, repair }) => {
    const canRun = evaluation.inputs !== null && evaluation.pairingConfirmed;
    return canRun || repair.report !== null || repair.isMissing;
  });
  return isWanted && <Later part={region} with={{}} />;
}
