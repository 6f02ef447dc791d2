/** The recipe on its way to a command line. */
import { type Action, canEdit } from '../actions';

export const copyCommand: Action = {
  id: 'copyCommand',
  label: 'Copy command: the same on a command line',
  group: 'Recipe',
  keys: [],
  also: 'shell terminal cli secateur prune script',
  enabled: canEdit,
  needs: 'an open checkpoint',
  run: async () => (await import('../copyCommand')).copyCommand(),
  said: () => '',
};
