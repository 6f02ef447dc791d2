/** Methods on tensors of which some cannot take them. */
import { CheckpointError } from '../lib/errors';
import { at, found } from '../lib/known';
import { population } from './decide';
import { type EditTarget, withMethod } from './edit';
import { aroundLocks } from './locks';
import type { Method } from './method';
import type { Recipe } from './recipe';
import type { Candidate } from './resolution';
import { named } from './ruleLists';
import { refusalOf } from './scoring';

/**
 * The target pruned by another method, as far as it can be: tensors that cannot take it keep the one they have.
 * @throws CheckpointError `unsupported-feature` where none of them can
 */
export function withMethodWherePossible(
  recipe: Recipe,
  candidates: readonly Candidate[],
  target: EditTarget,
  method: Method,
): Recipe {
  return aroundLocks(recipe, candidates, (free, open) => wherePossible(free, open, target, method));
}

function wherePossible(recipe: Recipe, candidates: readonly Candidate[], target: EditTarget, method: Method): Recipe {
  const isIn = population(recipe, candidates);
  const meant =
    target.scope === 'model' ? candidates.filter(({ id }) => isIn.has(id)) : named(candidates, target.names);
  const able = meant.filter((candidate) => !refusalOf(method, candidate));
  if (able.length === meant.length) return withMethod(recipe, candidates, target, method);
  if (able.length > 0) {
    return withMethod(recipe, candidates, { scope: 'layers', names: able.map(({ name }) => name) }, method);
  }
  const first = at(meant, 0);
  const { why, advice } = found(refusalOf(method, first), 'a reason to refuse');
  const which = meant.length === 1 ? first.name : `any of the ${meant.length} tensors, as ${first.name}`;
  throw new CheckpointError('unsupported-feature', `This method cannot prune ${which}: ${why}.`, { advice });
}
