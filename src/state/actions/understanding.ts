/** A closer look at the model: one record for each of its tabs. */
import { type Action, canEdit } from '../actions';
import { screen } from '../screen';

const closer = { group: 'View', keys: [], enabled: canEdit, needs: 'an open checkpoint' } as const;

export const understandingActions: readonly Action[] = [
  {
    ...closer,
    id: 'marks',
    label: 'Look for what stands out in the weights…',
    about: 'Dead and duplicate filters, constants, NaN, huge outliers.',
    also: 'understand marks super weight outlier dead duplicate',
    run: () => screen.getState().showUnderstanding('Marks'),
  },
  {
    ...closer,
    id: 'classes',
    label: 'See what pruning broke, class by class…',
    about: 'Damage by class, inputs that flip, layers that one class needs.',
    also: 'understand damage flips images',
    run: () => screen.getState().showUnderstanding('Classes'),
  },
  {
    ...closer,
    id: 'blocks',
    label: 'Find redundant blocks…',
    about: 'How much each residual block changes what passes through it.',
    also: 'understand block influence shortgpt layers drop',
    run: () => screen.getState().showUnderstanding('Blocks'),
  },
  {
    ...closer,
    id: 'int8',
    label: 'Preview int8 on what is left…',
    about: 'Errors by layer, and quality where the model runs.',
    also: 'understand quantise quantize quantisation',
    run: () => screen.getState().showUnderstanding('int8'),
  },
];
