import { expect, it } from 'vitest';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';

/** 800 bytes. */
const answer = () => ({ firstBin: 0, energies: new Float64Array(100) });
const of = (tensor: number) => ({ kind: 'energies', tensor, after: [] }) as const;
const tensorsIn = (cache: AnswerCache) => cache.requests.map(({ tensor }) => tensor);

it('keeps what was needed last, and forgets the rest once there is too much', () => {
  const cache = new AnswerCache(2000);
  for (const tensor of [0, 1]) cache.set(of(tensor), answer());
  cache.get(of(0));
  cache.get(of(1));
  cache.finishRecipe();
  expect(tensorsIn(cache)).toEqual([0, 1]);

  cache.get(of(0));
  cache.set(of(2), answer());
  cache.get(of(2));
  cache.finishRecipe();
  expect(tensorsIn(cache)).toEqual([0, 2]);
});

it('keeps all that one recipe needs, whatever it weighs', () => {
  const cache = new AnswerCache(100);
  for (const tensor of [0, 1, 2]) {
    cache.set(of(tensor), answer());
    cache.get(of(tensor));
  }
  cache.finishRecipe();
  expect(tensorsIn(cache)).toEqual([0, 1, 2]);
  cache.get(of(2));
  cache.finishRecipe();
  expect(tensorsIn(cache)).toEqual([2]);
});

it('answers equal requests alike, and no other', () => {
  const cache = new AnswerCache();
  const known = answer();
  cache.set(of(0), known);
  expect(cache.get(of(0))).toBe(known);
  expect(cache.get(of(1))).toBeUndefined();
  expect(cache.get({ kind: 'counts', tensor: 0, after: [] })).toBeUndefined();
});
