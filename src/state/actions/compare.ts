/** Commands about a second checkpoint beside the open one. */
import type { Action } from '../actions';
import { screen } from '../screen';

export const compareAction: Action = {
  id: 'compare',
  label: 'Compare with another checkpoint',
  group: 'Compare',
  keys: [],
  also: 'diff difference second two files equal changed',
  enabled: ({ checkpoint }) => checkpoint !== null,
  needs: 'an open checkpoint',
  run: () => screen.getState().show('compare'),
};

export const compareActions: readonly Action[] = [compareAction];
