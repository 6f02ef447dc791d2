import { screen, useScreen } from '../../state/screen';
import { useStudio } from '../../state/store';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { Payoffs } from './Payoffs';

/** Which runtimes would skip what the masks take. */
export function PayoffDialog() {
  const isShown = useScreen((state) => state.dialog === 'payoff');
  const isOpen = useStudio((state) => state.checkpoint !== null);
  return (
    <DialogFrame opened={isShown && isOpen} onClose={screen.getState().close} title="Where will this pay?" width={720}>
      {isShown && isOpen && <Payoffs />}
    </DialogFrame>
  );
}
