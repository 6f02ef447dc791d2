import { getHotkeyHandler } from '@mantine/hooks';
import { useEffect } from 'react';
import { type Action, actions } from '../../state/actions';
import { screen } from '../../state/screen';
import { studio } from '../../state/store';
import { perform } from '../parts/actions/perform';
import { enqueue } from '../parts/later/queue';

type Answers = Parameters<typeof getHotkeyHandler>[0];

function answersTo(all: readonly Action[]): Answers {
  return all
    .filter(({ within }) => !within)
    .flatMap((action) =>
      action.keys.map(
        (key) => [key, (event: KeyboardEvent) => answer(action, event), { preventDefault: false }] as Answers[number],
      ),
    );
}

/** Answers to the keys of every action, wherever the focus is; of those that are no button of the first screen once they are fetched. */
export function useActionKeys(): void {
  useEffect(() => {
    let answers = getHotkeyHandler(answersTo(Object.values(actions)));
    enqueue(async () => {
      const { fixedActions } = await import('../../state/actions/table');
      answers = getHotkeyHandler(answersTo(fixedActions));
    });
    const press = (event: KeyboardEvent) => answers(event);
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function answer(action: Action, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || belongsToField(action, event)) return;
  const enabled = action.enabled(studio.getState());
  // Esc does many other things; the rest would make the browser save or search the page.
  if (enabled || action.id !== 'cancel') event.preventDefault();
  // A dialog is about one thing: behind it, only what is running can be cancelled.
  if (screen.getState().dialog === null || action.id === 'cancel') void perform(action);
}

/** Whether the key is something that the text field in focus does itself. */
function belongsToField({ id }: Action, { target, ctrlKey, metaKey, key }: KeyboardEvent): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement) || !/^(text|search|number)$/.test(target.type)) return false;
  // Numbers are committed as they are typed in; taking them back is the studio's undo. Text has its own.
  if (id === 'undo' || id === 'redo') return target.inputMode !== 'decimal' && target.inputMode !== 'numeric';
  return !ctrlKey && !metaKey && key !== 'Escape';
}
