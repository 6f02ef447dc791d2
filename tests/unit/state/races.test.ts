/** Actions that take a while, and what a person did meanwhile: it stays. */
import { describe, expect, it, vi } from 'vitest';
import { inputNormsFile } from '../../../src/engine/page/inputNormsFile';
import { CheckpointError } from '../../../src/lib/errors';
import { roundsOf } from '../../../src/pruning/decide';
import { initialRecipe } from '../../../src/pruning/edit';
import { formatRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { hasUnsavedWork } from '../../../src/state/unsaved';
import { checkpoint, file, newStudio, refined, settled } from './fakeEngine';
import { evaluationOf, FakeEvaluation, graph, inputs } from './fakeEvaluation';

async function opened() {
  const evaluation = new FakeEvaluation();
  const { engine, studio, open } = newStudio(evaluation.client);
  await open();
  const state = studio.getState;
  state().setEditScope('model');
  return { engine, evaluation, state };
}

type State = Awaited<ReturnType<typeof opened>>['state'];

const rulesOf = (state: State) => roundsOf(state().recipe).flat();

const report = { files: [], weights: 12, zeros: 6, changed: 1, changedWithOthers: 0 };
const reference = { fileName: 'then.safetensors', matched: [0, 2], missing: [1] };

/** An edit that was made and one that is still being dragged, with something that takes a while around both. */
interface Meanwhile {
  begin(state: State): void;
  /** What has to hold at the end. */
  expectKept(state: State): void;
}

const anEdit: Meanwhile = {
  begin: (state) => state().setThreshold(0.3),
  expectKept: (state) => {
    expect(rulesOf(state)).toMatchObject([{ amount: { threshold: 0.3 } }]);
    state().undo();
    expect(state().recipe).toEqual(initialRecipe());
  },
};

const aDrag: Meanwhile = {
  begin: (state) => {
    state().beginGesture();
    state().dragThreshold(0.3);
  },
  expectKept: (state) => {
    expect(rulesOf(state)).toMatchObject([{ amount: { threshold: 0.3 } }]);
    state().dragThreshold(0.4);
    state().commitGesture();
    expect(rulesOf(state)).toMatchObject([{ amount: { threshold: 0.4 } }]);
    state().undo();
    expect(state().recipe).toEqual(initialRecipe());
  },
};

describe.each([
  ['an edit', anEdit],
  ['a drag', aDrag],
])('%s made meanwhile', (_, meanwhile) => {
  it('stays when norms of inputs were collected', async () => {
    const { engine, evaluation, state } = await opened();
    const starting = state().pairGraph([file('model.onnx')]);
    (await evaluation.last('openGraph')).answer(graph);
    (await evaluation.last('setInputs')).answer(inputs);
    (await evaluation.last('evaluate')).answer(evaluationOf(0.9));
    await starting;
    const collecting = state().collectInputs('norms');
    const call = await evaluation.last('inputNorms');
    meanwhile.begin(state);
    call.answer([{ tensor: 2, norms: Float32Array.of(1), inputAxis: 1, samples: 300 }]);
    (await engine.last('setInputNorms')).answer(undefined);
    await settled();
    // Live evaluation goes on with what was changed.
    const { params } = await evaluation.last('evaluate');
    expect([...params.outcomes.values()].some(({ zeros }) => zeros > 0)).toBe(true);
    (await evaluation.last('evaluate')).answer(evaluationOf(0.8));
    await collecting;
    meanwhile.expectKept(state);
  });

  it('stays when norms of inputs came from a file', async () => {
    const { engine, state } = await opened();
    const norms = new Map([['fc.weight', Float32Array.of(1)]]);
    const sideFile = new File(
      [inputNormsFile({ norms, inputs: '8 samples' }, 'model.safetensors')],
      'm.norms.safetensors',
    );
    const dropping = state().takeDropped([sideFile]);
    const call = await vi.waitFor(() => engine.last('setInputNorms'));
    meanwhile.begin(state);
    call.answer(undefined);
    await dropping;
    expect(state().inputNorms.size).toBe(1);
    meanwhile.expectKept(state);
  });

  it('stays when a reference was opened', async () => {
    const { engine, state } = await opened();
    const opening = state().openReference(file('then.safetensors'));
    const call = await engine.last('openReference');
    meanwhile.begin(state);
    call.answer(reference);
    await opening;
    expect(state().reference).toBe(reference);
    meanwhile.expectKept(state);
  });

  it('stays when a reference could not be opened', async () => {
    const { engine, state } = await opened();
    const opening = state().openReference(file('then.safetensors'));
    const call = await engine.last('openReference');
    meanwhile.begin(state);
    call.fail(new CheckpointError('malformed-file', 'Broken.'));
    await opening;
    meanwhile.expectKept(state);
  });

  it('stays when a layer was locked that had to be known exactly', async () => {
    const { engine, state } = await opened();
    state().setEditScope('layer');
    state().setTargetSparsity(0.5);
    const call = await engine.last('lookUp');
    state().setLocked([2], true);
    meanwhile.begin(state);
    call.answer(refined(call.params.requests));
    await settled();
    expect(state().recipe.locked).toEqual(['fc.weight']);
    expect(rulesOf(state)).toEqual(expect.arrayContaining([expect.objectContaining({ amount: { threshold: 0.3 } })]));
    state().commitGesture();
    expect(state().recipe.locked).toEqual(['fc.weight']);
    expect(rulesOf(state)).toEqual(expect.arrayContaining([expect.objectContaining({ amount: { threshold: 0.3 } })]));
  });

  it('is not what an export wrote: it is of the recipe that was there when it was asked for', async () => {
    const { engine, state } = await opened();
    state().setThreshold(0.2);
    const exporting = state().exportCheckpoint();
    const call = await engine.last('export');
    const { outcomes } = call.params;
    meanwhile.begin(state);
    expect(state().resolution.outcomes).not.toEqual(outcomes);
    call.answer(report);
    await exporting;
    expect(hasUnsavedWork(state())).toBe(true);
    state().bailGesture();
    if (state().canUndo && meanwhile === anEdit) state().undo();
    expect(hasUnsavedWork(state())).toBe(false);
  });
});

describe('a recipe that is dropped', () => {
  const given: Recipe = { ...initialRecipe(), locked: ['norm.*'] };
  const dropped = file('r.json', formatRecipe(given));

  it('comes after an edit that was made while it was read, and undoing it leads back there', async () => {
    const { state } = await opened();
    const dropping = state().takeDropped([dropped]);
    state().setThreshold(0.3);
    const { recipe } = state();
    await dropping;
    expect(state().recipe).toEqual(given);
    state().undo();
    expect(state().recipe).toBe(recipe);
  });

  it('does not end a drag, which goes on from it', async () => {
    const { state } = await opened();
    const dropping = state().takeDropped([dropped]);
    state().beginGesture();
    state().dragThreshold(0.3);
    await dropping;
    expect(state().recipe).toMatchObject({ locked: given.locked, rules: [{ amount: { threshold: 0.3 } }] });
    state().commitGesture();
    state().undo();
    expect(state().recipe).toEqual(given);
    state().undo();
    expect(state().recipe).toEqual(initialRecipe());
  });
});

describe('what was under way when another checkpoint was opened', () => {
  it('locks nothing in it', async () => {
    const { engine, state } = await opened();
    state().setTargetSparsity(0.5);
    const call = await engine.last('lookUp');
    state().setLocked([2], true);
    state().markSaved();
    const opening = state().openFiles([file('other.safetensors')]);
    (await engine.last('open')).answer(checkpoint('other.safetensors'));
    await opening;
    call.answer(refined(call.params.requests));
    await settled();
    expect(state().checkpoint?.fileName).toBe('other.safetensors');
    expect(state().recipe).toEqual(initialRecipe());
  });
});

describe('the size of another export', () => {
  it('is not shown of a recipe that it is not of', async () => {
    const { engine, state } = await opened();
    state().setThreshold(0.2);
    const estimating = state().estimateSize('gzip');
    const call = await engine.last('estimateSize');
    state().setThreshold(0.3);
    call.answer(40);
    await estimating;
    expect(state().sizeEstimates).toEqual({});
  });
});
