import { describe, expect, it } from 'vitest';
import { uniqueNames } from '../../../src/formats/names';
import { keysOf } from '../../../src/tensors/stateDictKeys';

describe('keys', () => {
  it.each<[string, [container: string, key: string][]]>([
    [
      'of one state dict',
      [
        ['', 'a.weight'],
        ['', 'b.weight'],
      ],
    ],
    [
      'of one inside a checkpoint',
      [
        ['state_dict', 'a.weight'],
        ['state_dict', 'state_dict.b'],
      ],
    ],
    [
      'that two state dicts share',
      [
        ['g', 'w'],
        ['d', 'w'],
        ['d', 'b'],
      ],
    ],
    [
      'shared with the top',
      [
        ['', 'w'],
        ['ema', 'w'],
      ],
    ],
    [
      'that begin like their container',
      [
        ['a', 'a.w'],
        ['b', 'w'],
      ],
    ],
    [
      'that begin like their container and are shared',
      [
        ['a', 'a.w'],
        ['b', 'a.w'],
      ],
    ],
  ])('%s come back from their unique names', (_, tensors) => {
    const found = tensors.map(([container, name]) => ({ container, name }));
    const names = uniqueNames(found);
    const named = names.map((name, i) => ({ name, container: found[i]!.container }));
    expect(keysOf(named)).toEqual(found.map(({ name }) => name));
  });
});
