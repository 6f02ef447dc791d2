/** Norms of inputs that come and go with recipes, over the real engine in this thread. */
import { describe, expect, it, vi } from 'vitest';
import { inputNormsFile, readInputNorms } from '../../../src/engine/page/inputNormsFile';
import { initialRecipe } from '../../../src/pruning/edit';
import { formatRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { normsForRecipe } from '../../../src/state/inputNorms';
import { sampleFile, studioInThread } from '../../support/studio';
import { checkpoint, file, newStudio, settled } from './fakeEngine';

/** Inputs of the layers of digits-cnn.pth that are on by default. */
const inputs = { 'conv1.weight': 1, 'conv2.weight': 32, 'fc1.weight': 1024, 'fc2.weight': 96 };
const names = Object.keys(inputs) as (keyof typeof inputs)[];
const normsOf = (wanted: readonly (keyof typeof inputs)[] = names, factor = 1) =>
  new Map(
    wanted.map((name) => [
      name as string,
      Float32Array.from({ length: inputs[name] }, (_, i) => (1 + (i % 7)) * factor),
    ]),
  );
const sideFile = (norms: ReadonlyMap<string, Float32Array>, title = '8 samples') =>
  new File([inputNormsFile({ norms, inputs: title }, 'digits-cnn.pth')], 'digits-cnn.norms.safetensors');

const recipe = (tensors?: readonly string[]): Recipe => ({
  format: 'secateur-recipe',
  version: 1,
  rules: [
    { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.25 } },
    {
      ...(tensors && { tensors }),
      criterion: 'activation',
      granularity: 'weight',
      scope: 'row',
      amount: { sparsity: 0.5 },
    },
  ],
});
const recipeFile = (of: Recipe) => file('digits-cnn.recipe.json', formatRecipe(of));

async function opened() {
  const studio = studioInThread();
  await studio.getState().openFiles([sampleFile('digits-cnn.pth')]);
  return { studio, state: studio.getState };
}

type State = Awaited<ReturnType<typeof opened>>['state'];

async function exact(state: State): Promise<void> {
  await vi.waitFor(() => expect([state().status, state().outcome.exact]).toEqual([{ kind: 'ready' }, true]), {
    timeout: 30_000,
    interval: 10,
  });
}

async function exportedBytes(state: State): Promise<Uint8Array> {
  await state().exportCheckpoint();
  return new Uint8Array(await state().exportReport!.files[0]!.file!.arrayBuffer());
}

describe('a recipe by activations', () => {
  it('is repeated to the byte with the file that is saved beside it', async () => {
    const first = await opened();
    await first.state().openFiles([sideFile(normsOf()), recipeFile(recipe())]);
    await exact(first.state);
    expect(first.state().outcome.sparsity).toBeCloseTo(0.5, 2);
    const saved = (await normsForRecipe(first.state()))!;

    const again = studioInThread();
    const files = [new File([saved], 'n.safetensors'), sampleFile('digits-cnn.pth'), recipeFile(recipe())];
    await again.getState().openFiles(files);
    await exact(again.getState);
    expect(again.getState().outcome).toEqual(first.state().outcome);
    expect(await exportedBytes(again.getState)).toEqual(await exportedBytes(first.state));
    expect(await readInputNorms(new File([saved], 'a'))).toEqual(
      await readInputNorms(new File([(await normsForRecipe(again.getState()))!], 'b')),
    );
  }, 60_000);

  it('is saved with the norms of the tensors that it scores by them, and no others', async () => {
    const { state } = await opened();
    await state().openFiles([sideFile(normsOf()), recipeFile(recipe(['fc*']))]);
    const { norms, inputs: title } = await readInputNorms(new File([(await normsForRecipe(state()))!], 'x'));
    expect([...norms.keys()]).toEqual(['fc1.weight', 'fc2.weight']);
    expect(title).toBe('8 samples');
    state().undo();
    expect(await normsForRecipe(state())).toBeUndefined();
  });

  it('without its norms is refused in a sentence that says what to do', async () => {
    const { state } = await opened();
    await state().openFiles([recipeFile(recipe())]);
    expect(state().status).toMatchObject({
      kind: 'error',
      error: { code: 'unsupported-feature', context: { advice: expect.stringContaining('.norms.safetensors') } },
    });
    expect(state().recipe).toEqual(initialRecipe());
  });

  it('is undone and done again, also after other norms came', async () => {
    const { state } = await opened();
    await state().openFiles([sideFile(normsOf()), recipeFile(recipe())]);
    await exact(state);
    const before = state().recipe;
    const was = await exportedBytes(state);
    state().undo();
    await state().openFiles([
      sideFile(new Map([['fc2.weight', normsOf(['fc2.weight']).get('fc2.weight')!.reverse()]])),
    ]);
    expect(state().recipe).toEqual(initialRecipe());
    state().redo();
    await exact(state);
    expect(state().recipe).toBe(before);
    expect(await exportedBytes(state)).not.toEqual(was);
  }, 60_000);
});

describe('norms of inputs', () => {
  it('alone make the criterion possible, and the present recipe is scored by them', async () => {
    const { state } = await opened();
    await state().openFiles([sideFile(normsOf())]);
    expect(state().status).toEqual({ kind: 'ready' });
    expect(
      state()
        .candidates.filter(({ inputNorms }) => inputNorms)
        .map(({ name }) => name),
    ).toEqual(names);
    state().setEditScope('model');
    state().setMethod({ criterion: 'activation', granularity: 'weight', scope: 'row', amount: { sparsity: 0.5 } });
    await exact(state);
    expect(state().outcome.sparsity).toBeCloseTo(0.5, 2);
  });

  it('go when another checkpoint opens', async () => {
    const { state } = await opened();
    await state().openFiles([sideFile(normsOf())]);
    await state().openFiles([sampleFile('digits-cnn.pth')]);
    expect(state().inputNorms.size).toBe(0);
    expect(state().candidates.some(({ inputNorms }) => inputNorms)).toBe(false);
  });

  it('of tensors that are not there are refused by their names, and nothing changes', async () => {
    const { state } = await opened();
    const norms = new Map([...normsOf(), ['__proto__', Float32Array.of(1)], ['other.weight', Float32Array.of(1)]]);
    await state().openFiles([sideFile(norms)]);
    expect(state().status).toMatchObject({
      kind: 'error',
      error: {
        message: 'It holds norms of __proto__ and of 1 more, which digits-cnn.pth does not have.',
        context: { file: 'digits-cnn.norms.safetensors' },
      },
    });
    expect(state().inputNorms.size).toBe(0);
  });

  it.each([
    ['too few', Float32Array.of(1, 2)],
    ['negative', new Float32Array(96).fill(-1)],
    ['not finite', new Float32Array(96).fill(Number.NaN)],
  ])('that are %s are refused with the tensor, and those that were there stay', async (_, wrong) => {
    const { state } = await opened();
    await state().openFiles([sideFile(normsOf())]);
    const { inputNorms } = state();
    await state().openFiles([sideFile(new Map([['fc2.weight', wrong]]))]);
    expect(state().status).toMatchObject({
      kind: 'error',
      error: { context: { tensor: 'fc2.weight', file: 'digits-cnn.norms.safetensors' } },
    });
    expect(state().inputNorms).toBe(inputNorms);
  });

  it('with nothing open ask for a checkpoint', async () => {
    const { studio } = newStudio();
    await studio.getState().openFiles([sideFile(normsOf())]);
    expect(studio.getState().status).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining('no checkpoint is open') },
    });
  });

  it('are taken by any name of tied weights', async () => {
    const { engine, studio } = newStudio();
    const opening = studio.getState().openFiles([file('tied.safetensors')]);
    const { layers, ...rest } = checkpoint('tied.safetensors');
    const tied = { ...layers[0]!, id: 3, name: 'head.weight', sameAs: 0, prunable: false };
    (await engine.last('open')).answer({ ...rest, layers: [...layers, tied] });
    await opening;
    const giving = studio.getState().openFiles([sideFile(new Map([['head.weight', Float32Array.of(1, 2)]]))]);
    await settled();
    const call = await engine.last('setInputNorms');
    expect([...call.params.norms]).toEqual([[0, Float32Array.of(1, 2)]]);
    call.answer(undefined);
    await giving;
    expect(studio.getState().candidates[0]!.inputNorms).toBe(true);

    const both = ['conv.weight', 'head.weight'].map((name) => [name, Float32Array.of(1, 2)] as const);
    await studio.getState().openFiles([sideFile(new Map(both))]);
    expect(studio.getState().status).toMatchObject({
      kind: 'error',
      error: { message: 'It holds norms of conv.weight twice, under tied names.' },
    });
  });

  it('that come after an evaluation make it one of another mask', async () => {
    const studio = studioInThread();
    const state = studio.getState;
    const points = () => state().evaluation.trail.map((point) => point.recipe);
    const caughtUp = (count: number) =>
      vi.waitFor(
        () => {
          const { status, stale, trail } = state().evaluation;
          expect([status.kind, stale, trail.length]).toEqual(['ready', false, count]);
        },
        { timeout: 30_000, interval: 10 },
      );
    await state().openFiles([sampleFile('digits-cnn.onnx')]);
    const norms = (factor: number) =>
      new Map(
        state()
          .candidates.filter(({ byDefault }) => byDefault)
          .map(({ name, shape }) => [
            name,
            Float32Array.from({ length: shape[1]! }, (_, i) => (1 + (i % 7)) ** factor),
          ]),
      );
    await state().openFiles([sideFile(norms(1)), recipeFile(recipe())]);
    await state().evaluateCheckpoint();
    await caughtUp(1);
    const first = state().evaluation.evaluation;
    const { recipe: present } = state();
    expect(points()).toEqual([present]);
    await state().openFiles([sideFile(norms(-1))]);
    await vi.waitFor(() => expect(state().evaluation.evaluation).not.toBe(first), { timeout: 30_000, interval: 10 });
    await caughtUp(1);
    expect(state().evaluation.evaluation!.outputs[0]!.relativeL2).not.toBe(first!.outputs[0]!.relativeL2);
    state().closeEvaluation();
  }, 60_000);
});
