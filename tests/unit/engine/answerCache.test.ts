import { expect, it } from 'vitest';
import { AnswerCache } from '../../../src/engine/page/answerCache';

/** 800 bytes. */
const answer = () => ({ firstBin: 0, energies: new Float64Array(100) });

it('keeps what was needed last, and forgets the rest once there is too much', () => {
  const cache = new AnswerCache(2000);
  for (const key of ['a', 'b']) cache.set(key, answer());
  cache.get('a');
  cache.get('b');
  cache.finishRecipe();
  expect([...cache.keys()]).toEqual(['a', 'b']);

  cache.get('a');
  cache.set('c', answer());
  cache.get('c');
  cache.finishRecipe();
  expect([...cache.keys()]).toEqual(['a', 'c']);
});

it('keeps all that one recipe needs, whatever it weighs', () => {
  const cache = new AnswerCache(100);
  for (const key of ['a', 'b', 'c']) {
    cache.set(key, answer());
    cache.get(key);
  }
  cache.finishRecipe();
  expect(cache.size).toBe(3);
  cache.get('c');
  cache.finishRecipe();
  expect([...cache.keys()]).toEqual(['c']);
});
