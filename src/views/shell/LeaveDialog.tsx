import { Button } from '@mantine/core';
import { actions } from '../../state/actions';
import { screen, useScreen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { perform } from '../parts/actions/perform';
import { DialogFrame } from '../parts/frames/DialogFrame';
import classes from './LeaveDialog.module.css';

/** Before the start page takes the place of work that was neither exported nor saved. */
export function LeaveDialog() {
  const opened = useScreen(({ dialog }) => dialog === 'leave');
  const fileName = useStudio(({ checkpoint }) => checkpoint?.fileName);
  const { close } = screen.getState();
  const leave = () => {
    close();
    studio.getState().closeCheckpoint();
  };
  const saveAndLeave = async () => {
    await perform(actions.saveRecipe);
    leave();
  };
  return (
    <DialogFrame opened={opened && fileName !== undefined} onClose={close} title="Leave this checkpoint?" width={460}>
      <p className={classes.words}>
        What you changed in <bdi>{fileName}</bdi> is neither exported nor saved as a recipe.
      </p>
      <div className={classes.buttons}>
        <Button size="sm" onClick={close} data-autofocus>
          Stay
        </Button>
        <Button size="sm" onClick={leave}>
          Leave without saving
        </Button>
        <Button size="sm" variant="filled" onClick={saveAndLeave}>
          Save the recipe and leave
        </Button>
      </div>
    </DialogFrame>
  );
}
