import { notifications } from '@mantine/notifications';
import { scoresBy } from '../../pruning/ruleLists';
import type { Action } from '../../state/actions';
import { studio } from '../../state/store';
import type { StudioState } from '../../state/studio';

/** Runs an action if it can be run now; what fails outside the studio (the clipboard) is said in a toast. */
export async function perform(action: Action): Promise<void> {
  const state = studio.getState();
  if (!action.enabled(state)) return;
  try {
    await action.run(state);
    if (action.id === 'copyRecipe') notifications.show({ message: copiedText(state), role: 'status' });
  } catch (cause) {
    notifications.show({
      color: 'red',
      title: `${action.label}: it did not work`,
      message: cause instanceof Error ? cause.message : String(cause),
    });
  }
}

function copiedText({ recipe }: StudioState): string {
  const copied = 'The recipe is on the clipboard.';
  return scoresBy('norms', recipe) || scoresBy('moments', recipe)
    ? `${copied} What it knows of inputs is not: save it as a file to have them, too.`
    : copied;
}
