import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NameRun, NameTwins, shortName } from '../../../../src/views/layers/shortName';
import { hostileNames } from '../../../support/hostileNames';
import '../../../support/fastCheck';

const characters = (text: string) => text.length;
const read = (runs: readonly NameRun[]) =>
  runs.map(({ text, as }) => (as === 'shown' ? text : as === 'cut' ? '…' : '')).join('');

function shortened(name: string, room: number, names: readonly string[], from = 0): string {
  return read(shortName(name, from, room, new NameTwins(names), characters));
}

const transformer = Array.from({ length: 24 }, (_, i) =>
  ['self_attn.q_proj', 'self_attn.k_proj', 'mlp.up_proj'].map((part) => `model.layers.${i}.${part}.weight`),
).flat();
const resnet = [1, 2, 3].flatMap((layer) => [0, 1].map((block) => `backbone.layer${layer}.${block}.conv1.weight`));

describe('a name without room', () => {
  const name = 'model.layers.17.self_attn.q_proj.weight';

  it.each([
    [40, name],
    [30, 'model.layers.17.…q_proj.weight'],
    [26, '…layers.17.…q_proj.weight'],
    [20, '…17.…q_proj.weight'],
    [5, '…17.…q_proj.weight'],
  ])('keeps the number of its layer in %i characters', (room, expected) => {
    expect(shortened(name, room, transformer)).toBe(expected);
  });

  it('keeps all numbers that tell it apart, and what they count', () => {
    expect(shortened('backbone.layer2.1.conv1.weight', 24, resnet)).toBe('…layer2.1.conv1.weight');
    expect(shortened('backbone.layer2.1.conv1.weight', 3, resnet)).toBe('…la…2.1.conv1.weight');
  });

  it('is read by its underscores where it has no dots', () => {
    const names = [0, 17].flatMap((i) => ['q', 'k'].map((part) => `encoder_layers_${i}_self_attn_${part}_proj_weight`));
    expect(shortened('encoder_layers_17_self_attn_q_proj_weight', 34, names)).toBe('encoder_layers_17_…q_proj_weight');
  });

  it('begins where the groups around its row end', () => {
    expect(shortened(name, 40, transformer, 'model.layers.17.'.length)).toBe('self_attn.q_proj.weight');
    expect(shortened(name, 15, transformer, 'model.layers.17.'.length)).toBe('…q_proj.weight');
  });

  const part = fc.constantFrom('a', 'bb', 'layer', '0', '17', 'attention', '__proto__');
  const someName = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')),
    fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('_')),
    fc.constantFrom(...hostileNames),
  );

  it('is whole with what is left out, and told apart from every other name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(someName, { minLength: 1, maxLength: 30 }), fc.nat({ max: 30 }), (names, room) => {
        const twins = new NameTwins(names);
        const shown = names.map((name) => {
          const runs = shortName(name, 0, room, twins, characters);
          expect(runs.map(({ text }) => text).join('')).toBe(name);
          return read(runs);
        });
        expect(new Set(shown).size).toBe(names.length);
      }),
    );
  });
});

describe('the names of a file', () => {
  it('share the modules that all of them begin with', () => {
    expect(new NameTwins(resnet).sharedStart).toBe('backbone.'.length);
    expect(new NameTwins(transformer).sharedStart).toBe('model.'.length);
    expect(new NameTwins(['a.b', 'c']).sharedStart).toBe(0);
    expect(new NameTwins(['a.b.c']).sharedStart).toBe(0);
    expect(new NameTwins([]).sharedStart).toBe(0);
  });
});
