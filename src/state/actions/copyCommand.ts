/** The recipe on its way to a command line. */
import { type Action, canEdit } from '../actions';

export const copyCommand: Action = {
  id: 'copyCommand',
  label: 'Copy command: the recipe on a command line',
  group: 'Recipe',
  keys: [],
  also: 'shell terminal cli secateur prune',
  enabled: canEdit,
  needs: 'an open checkpoint',
  run: async (state) => state.say(await (await import('../copyCommand')).copyCommand(state)),
};
