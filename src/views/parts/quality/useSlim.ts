import type { SlimSlice } from '../../../state/slimSlice';
import type { SlimState } from '../../../state/slimState';
import { studio, useStudio } from '../../../state/store';

export function useSlim<Selected>(selector: (state: SlimState) => Selected): Selected {
  return useStudio((state) => selector(state.slim));
}

/** Everything that can be asked of smaller models. */
export function slimmer(): SlimSlice {
  return studio.getState();
}
