import { expect, it } from 'vitest';
import { fetchRest, later } from '../../../src/lib/later';

it('fetches what was left for later, whatever of it fails, and only once', async () => {
  const fetched: string[] = [];
  const first = later(async () => fetched.push('first'));
  const failing = later(async () => {
    throw new TypeError('Failed to fetch');
  });
  later(async () => fetched.push('last'));
  await first();
  await fetchRest();
  await fetchRest();
  expect(fetched).toEqual(['first', 'first', 'last']);
  await expect(failing()).rejects.toMatchObject({
    name: 'CheckpointError',
    code: 'internal',
    message: expect.stringContaining('Failed to fetch'),
  });
});
