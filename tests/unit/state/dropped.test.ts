/** What files are is read from them, whatever they are called. */
import { describe, expect, it } from 'vitest';
import { inputNormsFile } from '../../../src/engine/page/inputNormsFile';
import { nameToShow, notesOn, sortDropped } from '../../../src/state/dropped';

const recipe = JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [] });
const file = (name: string, content: BlobPart = '') => new File([content], name);
const norms = (name: string) => file(name, inputNormsFile({ norms: new Map([['w', Float32Array.of(1)]]) }, 'm.onnx'));

async function sorted(...files: readonly File[]) {
  const { checkpoints, norms: ofInputs, recipe: applied, otherRecipes } = await sortDropped(files);
  const names = (some: readonly { readonly name: string }[]) => some.map(({ name }) => name);
  return {
    checkpoints: names(checkpoints),
    norms: names(ofInputs),
    recipes: names([...(applied ? [applied] : []), ...otherRecipes]),
  };
}

describe('of what was dropped together', () => {
  it('the files of a model hub are no recipes, and one that is is found among them', async () => {
    const folder = [
      file('model.safetensors', new Uint8Array(20)),
      file('config.json', '{"model_type": "llama", "rules": []}'.replace('rules', 'architectures')),
      file('tokenizer.json', '{"version": "1.0", "model": {"rules": [1], "steps": 4}}'),
      file('scheduler_config.json', '{"format": "diffusers", "steps": 50}'),
      file('special_tokens_map.json', '{}'),
      file('broken.json', '{"a": '),
      file('README.md', '# A recipe: {"rules": []} is what a secateur-recipe looks like'),
    ];
    const rest = [
      'broken.json',
      'config.json',
      'model.safetensors',
      'README.md',
      'scheduler_config.json',
      'special_tokens_map.json',
      'tokenizer.json',
    ];
    expect(await sorted(...folder)).toEqual({ checkpoints: rest, norms: [], recipes: [] });
    const found = await sorted(...folder, file('half.json', recipe));
    expect(found).toEqual({ checkpoints: rest, norms: [], recipes: ['half.json'] });
  });

  it.each([
    ['whatever its name is', 'half.txt', recipe],
    ['with steps in the place of rules', 'r.json', '{"format": "secateur-recipe", "version": 1, "steps": [[]]}'],
    ['that does not say so', 'r.json', ' \n{"version": 1, "rules": []}'],
    ['of another version', 'r.json', '{"format": "secateur-recipe", "version": 99}'],
    ['with a slip of the pen', 'r.json', '{"format": "secateur-recipe", "version": 1, "rules": [],}'],
  ])('a recipe is one %s', async (_, name, text) => {
    expect(await sorted(file(name, text))).toEqual({ checkpoints: [], norms: [], recipes: [name] });
  });

  it('norms of inputs are told by what is in them', async () => {
    expect(await sorted(norms('anything.bin'), file('m.safetensors', new Uint8Array(20)))).toEqual({
      checkpoints: ['m.safetensors'],
      norms: ['anything.bin'],
      recipes: [],
    });
  });

  it('the first recipe by name is applied, and the others are named', async () => {
    const given = [file('b.json', recipe), file('m.onnx'), file('a-10.json', recipe), file('a-9.json', recipe)];
    const { recipe: applied, otherRecipes } = await sortDropped(given);
    expect(applied?.name).toBe('a-9.json');
    expect(notesOn(otherRecipes, applied)).toEqual([
      { severity: 'warning', text: 'a-10.json and b.json were left aside: one recipe is applied at a time, a-9.json.' },
    ]);
  });

  it('a folder, which cannot be read, is for the engine to name', async () => {
    const folder = file('a folder');
    folder.slice = () => {
      throw new DOMException('A folder.', 'NotFoundError');
    };
    expect((await sorted(folder)).checkpoints).toEqual(['a folder']);
  });

  it('the name that is shown is the model’s', () => {
    const names = ['.gitattributes', 'README.md', 'config.json', 'model.safetensors', 'model.norms.safetensors'];
    expect(nameToShow(names.map((name) => file(name)))).toBe('model.safetensors');
    expect(nameToShow([file('r.json'), file('net.onnx.data'), file('net.onnx')])).toBe('net.onnx');
    expect(nameToShow([file('r.json')])).toBe('r.json');
    expect(nameToShow([])).toBeUndefined();
  });
});
