/** Commands about work that is kept, and about recipes on their way. */
import { type Action, canEdit, recipeText } from '../actions';
import { work } from '../work/workState';

export const workActions = {
  copyLink: {
    id: 'copyLink',
    label: 'Copy a link to the recipe',
    group: 'Recipe',
    keys: [],
    also: 'share send url',
    enabled: canEdit,
    needs: 'an open checkpoint',
    run: async (state) => {
      const { copyLink } = await import('../recipeLink');
      await copyLink(recipeText(state));
    },
    said: () =>
      'A link that holds the recipe is on the clipboard. It holds no weights: who opens it chooses a checkpoint.',
  },
  restoreWork: {
    id: 'restoreWork',
    label: 'Restore work on this checkpoint',
    group: 'Recipe',
    keys: [],
    also: 'kept session continue',
    enabled: (state) => canEdit(state) && work.getState().offers.length > 0,
    needs: 'no other work on this checkpoint was kept',
    run: () => work.setState({ isOffering: true }),
  },
} satisfies { readonly [id: string]: Action };
