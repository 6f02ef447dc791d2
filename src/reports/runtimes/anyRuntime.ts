import type { RuntimeRecord } from './runtime';

/** Fewer channels: no runtime has to know of them. */
export const anyRuntime: RuntimeRecord = {
  key: 'any',
  name: 'Any runtime',
  needs: 'runs faster with fewer channels: filters that go whole, taken out of the shapes by Slim.',
  file: 'a smaller dense file',
  judge: ({ whole, weights, zeros }) =>
    whole > 0 ? whole : zeros === weights ? 1 : 'is in filters and channels that stay, at least in part',
};
