/** What was looked up in the open checkpoint, and when it is no longer true. */
import { criteria, factsOf } from '../pruning/criteria/criteria';
import type { Need } from '../pruning/criteria/criterion';
import type { Answer } from '../pruning/resolution';

/**
 * Forgets everything that scores are part of which are made of more than the weights: that has changed.
 * @param answers by requestKey, which names the criterion of every score
 */
export function forgetScoresBy(need: Need, answers: Map<string, Answer>): void {
  const concerned = criteria.filter(({ name }) => factsOf(name).need === need);
  for (const key of answers.keys()) if (concerned.some(({ name }) => key.includes(name))) answers.delete(key);
}
