import { screen } from '../../state/screen';
import { studio } from '../../state/store';
import { hasUnsavedWork } from '../../state/unsaved';
import { isKept } from '../../state/work/workState';

/** To the start page; work that only this page holds is asked about first. */
export function goHome(): void {
  if (hasUnsavedWork(studio.getState()) && !isKept()) screen.getState().show('leave');
  else studio.getState().closeCheckpoint();
}
