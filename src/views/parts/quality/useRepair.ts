import type { RepairSlice } from '../../../state/repairSlice';
import type { RepairState } from '../../../state/repairState';
import { studio, useStudio } from '../../../state/store';

export function useRepair<Selected>(selector: (state: RepairState) => Selected): Selected {
  return useStudio((state) => selector(state.repair));
}

/** Everything that can be asked of repairs. */
export function repairer(): RepairSlice {
  return studio.getState();
}
