import { Menu } from '@mantine/core';
import { type Keeping, useWork } from '../../state/work/workState';

const said: { readonly [keeping in Keeping]: string } = {
  nothing: 'What you change is kept in this browser.',
  writing: 'Being kept in this browser…',
  kept: 'All changes are kept in this browser.',
  full: 'Not kept: the browser has no room left.',
  off: 'Not kept: this browser keeps nothing here.',
};

/** At the end of a menu: whether what one does is there tomorrow. */
export function KeptNote() {
  const keeping = useWork((state) => state.keeping);
  return <Menu.Label>{said[keeping]}</Menu.Label>;
}
