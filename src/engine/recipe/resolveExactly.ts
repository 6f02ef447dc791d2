/** A recipe's exact outcome over an open checkpoint, for whoever keeps no answers. */
import type { Recipe } from '../../pruning/recipe';
import type { Resolution } from '../../pruning/resolution';
import type { CallContext } from '../callContext';
import type { Session } from '../session';
import { AnswerCache } from './answerCache';
import { candidatesOf, type Known } from './candidates';
import { overruled } from './overruled';
import { settle } from './settle';

/**
 * @param known what the session was given beside the checkpoint: see `Session.openReference` and `Session.setInputs`
 * @throws CheckpointError `invalid-recipe`; what looking something up throws
 */
export function resolveExactly(
  session: Session,
  recipe: Recipe,
  context: CallContext,
  known: Known = {},
): Promise<Resolution> {
  const candidates = candidatesOf(overruled(session.opened.layers, recipe), known);
  return settle(recipe, candidates, new AnswerCache(), (requests) => session.lookUp(requests, context));
}
