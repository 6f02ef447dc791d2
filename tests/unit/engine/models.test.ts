/** Files with more than one model, and with what looks like a model and is none: every byte of what is locked stays. */
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import type { Session } from '../../../src/engine/session';
import { uniqueNames } from '../../../src/formats/names';
import { initialRecipe } from '../../../src/pruning/edit';
import { presets } from '../../../src/pruning/presets';
import type { Recipe } from '../../../src/pruning/recipe';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, valuesOf } from '../../support/tensors';
import { patched, recipeOf } from './patched';
import { checkpointOf, elementsIn, openInMemory, type Stored } from './sessions';

type Dict = readonly Omit<Stored, 'container'>[];

const kernels = loadWasmKernels();

function noise(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.fround(Math.sin((i + 1) * 12.9898 + seed) * 0.7));
}

interface About {
  readonly seed: number;
  readonly dtype?: PrunableDtype;
  readonly inputs?: number;
  readonly values?: (count: number, seed: number) => readonly number[];
}

/** A small network; of 512 inputs it spans several pages of patches. */
function network({ seed, dtype = 'F32', values = noise, inputs = 16 }: About): Dict {
  const weight = (name: string, kind: 'conv' | 'linear', shape: readonly number[], salt: number) => {
    const count = shape.reduce((all, size) => all * size, 1);
    return { name, kind, dtype, shape, bytes: bytesOf(dtype, values(count, seed + salt)) };
  };
  return [
    weight('conv.weight', 'conv', [8, 4, 3, 3], 1),
    weight('fc.weight', 'linear', [600, inputs], 2),
    weight('out.weight', 'linear', [12, 600], 3),
  ];
}

/** What a pickle of these dicts lists. */
function fileOf(dicts: Readonly<Record<string, Dict>>) {
  const stored = Object.entries(dicts).flatMap(([container, dict]) => dict.map((each) => ({ ...each, container })));
  const names = uniqueNames(stored);
  return checkpointOf(stored.map((each, i) => ({ ...each, name: names[i]! })));
}

async function open(dicts: Readonly<Record<string, Dict>>) {
  const memory = fileOf(dicts);
  return { memory, session: await openInMemory(memory, kernels) };
}

/** Elements of every tensor of a dict, in a file as it was or became. */
function contents(file: Uint8Array, memory: ReturnType<typeof fileOf>, container: string): Uint8Array[] {
  return memory.checkpoint.tensors.flatMap((tensor, id) =>
    tensor.container === container ? [elementsIn(file, memory, id)] : [],
  );
}

function expectSame(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  expect(actual.map((each, i) => Buffer.compare(each, expected[i]!))).toEqual(expected.map(() => 0));
}

function presetRecipe(id: string, session: Session): Recipe {
  return presets.find((each) => each.id === id)!.apply(initialRecipe(), candidatesOf(session.opened.layers));
}

const ofWeights = network({ seed: 1 });
const zerosAndOnes = (count: number, seed: number) => noise(count, seed).map((value) => (value > 0 ? 1 : 0));
const masks = network({ seed: 5, values: zerosAndOnes });

describe('under every preset', () => {
  const names = presets.map(({ id }) => id);

  const locked: [string, string, Dict][] = [
    ['masks in a dict of their own', 'masks_dict', masks],
    ['masks under no name that says so', 'chosen', masks],
    ['masks in a dict deep in the file', 'compression_sched.masks', masks],
    ['first moments', 'exp_avg', network({ seed: 2 })],
    ['moments beside the model', 'momentum', network({ seed: 2 })],
    ['state of an optimizer', 'opt_state.0.mu', network({ seed: 2 })],
    ['gradients', 'grads', network({ seed: 3 })],
  ];

  describe.each(locked)('%s', (_, container, dict) => {
    it.each(names)('keep every byte: %s', async (id) => {
      const { memory, session } = await open({ state_dict: ofWeights, [container]: dict });
      const { bytes, counts } = await patched(memory.file, session, presetRecipe(id, session));
      expectSame(contents(bytes, memory, container), contents(memory.file, memory, container));
      expect(counts.zeros).toBeGreaterThan(0);
      expect(session.opened.models).toHaveLength(1);
    });
  });

  it.each(names)('models are ranked each for itself, as if it were alone: %s', async (id) => {
    const average = network({ seed: 8, values: (count, seed) => noise(count, seed).map((value) => value * 20) });
    const { memory, session } = await open({ state_dict: ofWeights, state_dict_ema: average });
    const { bytes } = await patched(memory.file, session, presetRecipe(id, session));
    for (const [container, dict] of Object.entries({ state_dict: ofWeights, state_dict_ema: average })) {
      const alone = await open({ [container]: dict });
      const expected = await patched(alone.memory.file, alone.session, presetRecipe(id, alone.session));
      expectSame(contents(bytes, memory, container), contents(expected.bytes, alone.memory, container));
    }
  });

  it.each(names)('what a recipe locks keeps every byte: %s', async (id) => {
    const { memory, session } = await open({ state_dict: ofWeights });
    const recipe = { ...presetRecipe(id, session), locked: ['fc.*'] };
    const { bytes, resolution } = await patched(memory.file, session, recipe);
    const [conv, fc, out] = contents(bytes, memory, 'state_dict');
    const before = contents(memory.file, memory, 'state_dict');
    expectSame([fc!], [before[1]!]);
    expect(Buffer.compare(Buffer.concat([conv!, out!]), Buffer.concat([before[0]!, before[2]!]))).not.toBe(0);
    expect([...resolution.outcomes.keys()]).toEqual([0, 2]);
  });
});

describe('an opened file', () => {
  it('says which models it holds, and that each is ranked for itself', async () => {
    const { session } = await open({ state_dict: ofWeights, state_dict_ema: network({ seed: 2 }) });
    const weights = 8 * 4 * 9 + 600 * 16 + 12 * 600;
    expect(session.opened.models).toEqual([
      { id: 'state_dict', title: 'state_dict', layers: 3, weights },
      { id: 'state_dict_ema', title: 'state_dict_ema', layers: 3, weights, twinOf: 'state_dict' },
    ]);
    expect(session.opened.notes.map(({ text }) => text)).toEqual([
      '2 models: state_dict and state_dict_ema (a copy made in training, same names and shapes as state_dict). Amounts over the whole model are taken in each for itself.',
    ]);
    expect(session.opened.layers[4]).toMatchObject({ model: 'state_dict_ema', nameInModel: 'fc.weight' });
  });

  it('of one model has nothing to say', async () => {
    const { session } = await open({ state_dict: ofWeights });
    expect(session.opened.models).toMatchObject([{ id: '', layers: 3 }]);
    expect(session.opened.notes).toEqual([]);
    expect(session.opened.layers[0]).not.toHaveProperty('model');
  });

  it('that holds one state dict twice has one model', async () => {
    const memory = fileOf({ '0': ofWeights, '1': ofWeights });
    const tensors = memory.checkpoint.tensors.map((tensor) => ({ ...tensor, storage: tensor.storage % 3 }));
    const session = await openInMemory({ ...memory, checkpoint: { ...memory.checkpoint, tensors } }, kernels);
    expect(session.opened.models).toMatchObject([{ id: '0', layers: 3 }]);
    expect(session.opened.notes).toEqual([]);
  });

  it('pairs masks with their weights', async () => {
    const { session } = await open({ state_dict: ofWeights, masks_dict: masks });
    const { layers, notes } = session.opened;
    expect(layers[4]).toMatchObject({
      kind: 'mask',
      maskOf: 1,
      prunable: false,
      reason: 'pruning mask of state_dict.fc.weight',
    });
    expect(notes[0]!.text).toMatch(/^The file holds 3 pruning masks: \d\d\.\d % of these weights are masked\.$/);
  });

  it('takes no soft mask for a mask, and prunes it only by name', async () => {
    const { session } = await open({ state_dict: ofWeights, masks: network({ seed: 6 }) });
    expect(session.opened.layers[4]).toMatchObject({
      kind: 'parameter',
      because: 'called a mask, but holds other numbers than 0 and 1',
      prunable: true,
      byDefault: false,
    });
    expect(session.opened.layers[4]).not.toHaveProperty('maskOf');
  });

  it('takes no model of zeros and ones for the masks of another like it', async () => {
    const { session } = await open({ a: masks, b: network({ seed: 7, values: zerosAndOnes }) });
    expect(session.opened.models.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('the mask of a model on its copy', () => {
  const spoiled = (count: number, seed: number) =>
    noise(count, seed).map((value, i) => (i % 97 === 0 ? Number.NaN : i % 89 === 0 ? -0 : i % 7 === 0 ? 0 : value));
  const twins = [{ of: 'state_dict', model: 'state_dict_ema' }];
  const methods: [string, Recipe][] = [
    ['a global amount', recipeOf({ scope: 'global' })],
    ['an amount of each layer', recipeOf({ amount: { count: 7 } })],
    ['a threshold', recipeOf({ amount: { threshold: 0.3 } })],
    ['filters', recipeOf({ granularity: { dim: 0, norm: 2 }, amount: { sparsity: 0.25 } })],
    ['blocks', recipeOf({ granularity: { block: [4, 4] }, scope: 'global' })],
    ['2:4', recipeOf({ granularity: { n: 2, m: 4 } })],
    ['rows', recipeOf({ scope: 'row', amount: { sparsity: 0.3 } })],
    ['chance', recipeOf({ criterion: 'random', seed: 3 })],
    ['filters by chance', recipeOf({ criterion: 'random', granularity: { dim: 0, norm: 1 } })],
    ['nothing', recipeOf({ amount: { sparsity: 0 } })],
    [
      'steps',
      {
        format: 'secateur-recipe',
        version: 1,
        steps: [
          [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.3 } }],
          [{ criterion: 'magnitude', granularity: { dim: 0, norm: 2 }, scope: 'layer', amount: { sparsity: 0.2 } }],
        ],
      },
    ],
  ];

  it.each(methods)('takes the very elements that go there: %s', async (_, method) => {
    for (const [dtype, inputs] of [
      ['F32', 512],
      ['F16', 16],
    ] as const) {
      const original = network({ seed: 1, inputs });
      const copy = network({ seed: 9, inputs, dtype, values: spoiled });
      const { memory, session } = await open({ state_dict: original, state_dict_ema: copy });
      const { bytes, resolution } = await patched(memory.file, session, { ...method, twins });
      // What went of the original is what is zero in it: as it came it has no zeros.
      const itself = await patched(memory.file, session, method);
      const originals = contents(itself.bytes, memory, 'state_dict');
      expectSame(contents(bytes, memory, 'state_dict'), originals);
      const copies = contents(memory.file, memory, 'state_dict_ema').map((elements, i) => {
        const width = byteWidthOf(dtype);
        valuesOf('F32', originals[i]!).forEach((value, element) => {
          if (value === 0) elements.fill(0, element * width, (element + 1) * width);
        });
        return elements;
      });
      const written = contents(bytes, memory, 'state_dict_ema');
      expectSame(written, copies);
      written.forEach((elements, i) => {
        const zeros = valuesOf(dtype, elements).filter((value) => value === 0).length;
        expect(resolution.outcomes.get(3 + i)).toMatchObject({ zeros, exact: true });
      });
    }
  });

  it('goes the other way as well', async () => {
    const { memory, session } = await open({ state_dict: ofWeights, state_dict_ema: network({ seed: 9 }) });
    const recipe = { ...recipeOf({ scope: 'global' }), twins: [{ of: 'state_dict_ema', model: 'state_dict' }] };
    const { bytes } = await patched(memory.file, session, recipe);
    const zerosIn = (container: string) =>
      contents(bytes, memory, container).map((each) => valuesOf('F32', each).map((value) => value === 0));
    expect(zerosIn('state_dict')).toEqual(zerosIn('state_dict_ema'));
  });

  it('leaves a tensor that the original has not, and a file without these models', async () => {
    const [conv, fc, out] = ofWeights;
    const { memory, session } = await open({ state_dict: [conv!, fc!], state_dict_ema: [conv!, fc!, out!] });
    const { bytes, resolution } = await patched(memory.file, session, { ...recipeOf({}), twins });
    expect([...resolution.outcomes.keys()]).toEqual([0, 1, 2, 3]);
    expectSame(
      contents(bytes, memory, 'state_dict_ema').slice(2),
      contents(memory.file, memory, 'state_dict_ema').slice(2),
    );
    const single = await open({ model: ofWeights });
    const plain = await patched(single.memory.file, single.session, recipeOf({}));
    const same = await patched(single.memory.file, single.session, { ...recipeOf({}), twins });
    expectSame([same.bytes], [plain.bytes]);
  });

  it('is refused where the two are stored in different orders', async () => {
    const [conv, fc] = ofWeights;
    const turned = { ...fc!, shape: [...fc!.shape].reverse(), order: [1, 0] };
    const { memory, session } = await open({ state_dict: [conv!, fc!], state_dict_ema: [conv!, turned] });
    await expect(patched(memory.file, session, { ...recipeOf({}), twins })).rejects.toThrow(
      /stored in another order of dimensions than state_dict\.fc\.weight/,
    );
  });
});
