import { getHotkeyHandler } from '@mantine/hooks';

/** Whether a key of an action, as `mod+shift+Z`, is the one that was pressed. */
export function isPressed(keys: string, event: KeyboardEvent): boolean {
  let isIt = false;
  const seen = () => {
    isIt = true;
  };
  getHotkeyHandler([[keys, seen, { preventDefault: false }]])(event);
  return isIt;
}
