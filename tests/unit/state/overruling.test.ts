import { afterEach, describe, expect, it } from 'vitest';
import { sampleFile, studioInThread } from '../../support/studio';
import { newStudio } from './fakeEngine';

async function openStudio() {
  const { studio, open } = newStudio();
  await open();
  return studio.getState;
}

describe('what a person says a tensor is', () => {
  it('is what every view reads, one undo, and part of the recipe', async () => {
    const state = await openStudio();
    const before = state();
    state().overrule(['fc.weight'], { kind: 'embedding' });
    const { checkpoint, candidates, recipe, outcome, opened } = state();
    expect(checkpoint!.layers[2]).toMatchObject({ kind: 'embedding', byDefault: false });
    expect(candidates[2]).toMatchObject({ kind: 'embedding', byDefault: false });
    expect(outcome.weights).toBe(8);
    expect(recipe.layers).toEqual([{ tensors: ['fc.weight'], kind: 'embedding' }]);
    expect(opened).toBe(before.opened);

    state().undo();
    expect(state().checkpoint).toBe(before.checkpoint);
    expect(state().outcome.weights).toBe(12);
    expect(state().canUndo).toBe(false);
    state().redo();
    expect(state().outcome.weights).toBe(8);
  });

  it('stays through other edits, and rows stay the same objects in a drag', async () => {
    const state = await openStudio();
    state().overrule(['fc.weight'], { kind: 'embedding' });
    const { checkpoint, candidates } = state();
    state().setEditScope('model');
    state().beginGesture();
    for (const threshold of [0.1, 0.2, 0.3]) state().dragThreshold(threshold);
    state().commitGesture();
    expect(state().checkpoint).toBe(checkpoint);
    expect(state().candidates).toBe(candidates);
    state().setTargetSparsity(0);
    expect(state().recipe.layers).toHaveLength(1);
  });

  it('is taken back to what the file says, also where a pattern means the tensor too', async () => {
    const state = await openStudio();
    state().overrule(['*.weight'], { kind: 'embedding' });
    expect(state().outcome.weights).toBe(0);
    state().overrule(['conv.weight'], undefined);
    expect(state().checkpoint!.layers.map(({ kind }) => kind)).toEqual(['linear', 'embedding', 'embedding']);
    state().overrule(['*.weight'], undefined);
    expect(state().checkpoint!.layers.map(({ kind }) => kind)).toEqual(['linear', 'norm', 'linear']);
  });

  it('that cannot be so is said, and changes nothing', async () => {
    const state = await openStudio();
    const { recipe, checkpoint } = state();
    state().overrule(['fc.weight'], { outputs: [5], inputs: [0] });
    expect(state().status).toMatchObject({ kind: 'error', error: { code: 'invalid-recipe' } });
    expect(state().recipe).toBe(recipe);
    expect(state().checkpoint).toBe(checkpoint);
    state().setThreshold(0.1);
    expect(state().recipe).not.toBe(recipe);
  });

  it('is of its file: the next one starts without', async () => {
    const { studio, open } = newStudio();
    await open();
    studio.getState().overrule(['fc.weight'], { kind: 'embedding' });
    studio.getState().markSaved();
    await open('other.safetensors');
    expect(studio.getState().checkpoint!.layers[2]!.kind).toBe('linear');
    expect(studio.getState().checkpoint).toBe(studio.getState().opened);
  });
});

describe('other axes', () => {
  const studios: ReturnType<typeof studioInThread>[] = [];
  afterEach(() => {
    for (const studio of studios.splice(0)) studio.getState().closeEvaluation();
  });

  it('leave out norms of inputs that were collected along those before, and a tensor pruned by them is left alone', async () => {
    const studio = studioInThread();
    studios.push(studio);
    const state = studio.getState;
    await state().openFiles([sampleFile('digits-cnn.onnx')]);
    await state().evaluateCheckpoint();
    await state().collectInputs('norms');
    const candidate = () => state().candidates.find(({ name }) => name === 'fc2.weight')!;
    const { id, axes } = candidate();
    state().select([id], 'only');
    state().setMethod({ criterion: 'activation', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 } });
    expect(state().deciding.get(id)!.criterion).toBe('activation');

    state().overrule(['fc2.weight'], { outputs: axes!.inputs, inputs: axes!.outputs });
    expect(candidate()).toMatchObject({ axes: { outputs: axes!.inputs, inputs: axes!.outputs } });
    expect(candidate().inputNorms).toBeUndefined();
    expect(state().deciding.get(id)).toMatchObject({ criterion: 'magnitude', amount: { sparsity: 0 } });
    expect(state().status).toEqual({ kind: 'ready' });
    expect(state().evaluation.graph).not.toBeNull();

    state().undo();
    expect(candidate().inputNorms).toBe(true);
    expect(state().deciding.get(id)!.criterion).toBe('activation');
  });
});
