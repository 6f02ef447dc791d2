import { useOs } from '@mantine/hooks';
import classes from './Keys.module.css';

const names: Readonly<Record<string, string>> = { shift: 'Shift', Escape: 'Esc' };

/** The parts of `mod+shift+Z` as they are printed on the keyboard. */
function partsOf(keys: string, isMac: boolean): string[] {
  // Shift is how `?` is typed on most keyboards, not something to tell.
  return keys
    .replace('shift+?', '?')
    .split(/(?<=.)\+/)
    .map((part) => (part === 'mod' ? (isMac ? '⌘' : 'Ctrl') : (names[part] ?? part)));
}

export function Keys({ keys }: { keys: string }) {
  const isMac = /macos|ios/.test(useOs());
  return (
    <span className={classes.keys}>
      {partsOf(keys, isMac).map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  );
}
