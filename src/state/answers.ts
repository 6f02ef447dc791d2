/** What was looked up in the open checkpoint, and when it is no longer true. */
import type { Answer } from '../pruning/resolution';

/**
 * Forgets everything that scores by a criterion are part of: what they are made of beside the weights has changed.
 * @param answers by requestKey, which names the criterion of every score
 */
export function forgetScoresBy(criterion: 'magnitude_increase' | 'activation', answers: Map<string, Answer>): void {
  for (const key of answers.keys()) if (key.includes(criterion)) answers.delete(key);
}
