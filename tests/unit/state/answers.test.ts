import { expect, it } from 'vitest';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import type { Mask, Request } from '../../../src/pruning/resolution';
import { forgetScoresBy } from '../../../src/state/answers';

const threshold = (criterion: 'magnitude' | 'activation'): Mask => {
  return { kind: 'threshold', score: { criterion }, threshold: 1, ties: 0 };
};
const copied: Mask = { kind: 'same', as: 9, name: 'activation', program: [threshold('activation')] };
const requests: readonly Request[] = [
  { kind: 'scores', tensor: 0, score: { criterion: 'activation' }, after: [] },
  { kind: 'scores', tensor: 1, score: { criterion: 'magnitude' }, after: [] },
  { kind: 'bin', tensor: 2, score: { criterion: 'magnitude' }, after: [threshold('activation')], bin: 3 },
  { kind: 'counts', tensor: 3, after: [copied] },
  // A name is no criterion.
  { kind: 'counts', tensor: 4, after: [{ ...copied, program: [threshold('magnitude')] }] },
  { kind: 'energies', tensor: 5, after: [] },
];

it('forgets scores by norms of inputs, and what is left after masks by them', () => {
  const answers = new AnswerCache();
  for (const request of requests) answers.set(request, { pruned: 0, zeros: 0 });
  forgetScoresBy('norms', answers);
  expect(answers.requests.map(({ tensor }) => tensor)).toEqual([1, 4, 5]);
});
