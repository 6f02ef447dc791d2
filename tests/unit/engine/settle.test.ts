import { expect, it } from 'vitest';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Request } from '../../../src/pruning/resolution';
import { resolve } from '../../../src/pruning/resolve';
import { checkpoint, refined } from '../state/fakeEngine';

const candidates = candidatesOf(checkpoint('').layers);
const recipe = parseRecipe(
  '{"format":"secateur-recipe","version":1,"rules":[{"criterion":"magnitude","granularity":"weight","scope":"global","amount":{"sparsity":0.5}}]}',
);

it('asks once for what is not known, and resolves with it', async () => {
  const asked: (readonly Request[])[] = [];
  const answers = new AnswerCache();
  const ask = async (requests: readonly Request[]) => {
    asked.push(requests);
    return refined(requests);
  };
  const exact = await settle(recipe, candidates, answers, ask);
  expect(exact.pending).toEqual([]);
  expect(asked).toHaveLength(1);
  expect((await settle(recipe, candidates, answers, ask)).outcomes).toEqual(exact.outcomes);
  expect(asked).toHaveLength(1);
});

it('resolves again what was resolved before others found the answers', async () => {
  const answers = new AnswerCache();
  const before = resolve(recipe, candidates, answers);
  expect(before.pending).not.toEqual([]);
  await settle(recipe, candidates, answers, async (requests) => refined(requests));
  const exact = await settle(recipe, candidates, answers, async () => expect.fail('nothing is left to ask'), before);
  expect(exact.pending).toEqual([]);
});
