/** Methods that take a pass, references, presets, and what is taken away beside the pruned file. */
import { describe, expect, it } from 'vitest';
import type { ReferenceReport } from '../../../src/engine/reading/reference';
import { CheckpointError } from '../../../src/lib/errors';
import { initialRecipe } from '../../../src/pruning/edit';
import type { Method } from '../../../src/pruning/method';
import { presets } from '../../../src/pruning/presets';
import { checkpoint, file, newStudio, refined, settled } from './fakeEngine';

const random: Method = { criterion: 'random', granularity: 'weight', scope: 'layer', amount: { sparsity: 0 }, seed: 1 };
const increase: Method = {
  criterion: 'magnitude_increase',
  granularity: 'weight',
  scope: 'layer',
  amount: { sparsity: 0 },
};
/** Any statistics will do for scores that nothing is pruned by. */
const scores = checkpoint('').layers[0]!.statistics!;

async function openStudio() {
  const { engine, studio, open } = newStudio();
  await open();
  return { engine, studio, state: studio.getState };
}

describe('a method whose scores take a pass', () => {
  it('shows how far it is, then the scores', async () => {
    const { engine, state } = await openStudio();
    state().setMethod(random);
    const call = await engine.last('lookUp');
    expect(call.params.requests).toMatchObject([
      { kind: 'scores', tensor: 0, score: { criterion: 'random', seed: 1 } },
    ]);
    expect(state().pass).toEqual({ progress: null });
    const progress = { stage: 'measuring', done: 1, total: 2 } as const;
    call.progress(progress);
    expect(state().pass).toEqual({ progress });
    call.answer([scores]);
    await settled();
    expect(state().pass).toBeNull();
    expect(state().outcome.exact).toBe(true);
    expect(state().settled.outcomes.get(0)?.scores?.statistics).toBe(scores);
    expect(state().deciding.get(0)).toMatchObject(random);
    expect(state().deciding.get(2)).toMatchObject({ criterion: 'magnitude', scope: 'global' });
  });

  it('is taken back when the pass is cancelled, and can be done again', async () => {
    const { engine, state } = await openStudio();
    state().setMethod(random);
    const call = await engine.last('lookUp');
    state().cancelPass();
    await settled();
    expect(call.isCancelled).toBe(true);
    expect(state()).toMatchObject({ pass: null, recipe: initialRecipe(), canUndo: false, canRedo: true });
    expect(state().status).toEqual({ kind: 'ready' });
    state().cancelPass();
    expect(state().canRedo).toBe(true);
    state().redo();
    expect(state().pass).not.toBeNull();
  });

  it('that nothing in scope can take is refused, with what it lacks', async () => {
    const { state } = await openStudio();
    state().setMethod(increase);
    expect(state().status).toMatchObject({ kind: 'error', error: { code: 'unsupported-feature' } });
    expect(state().recipe).toEqual(initialRecipe());
  });
});

describe('a reference checkpoint', () => {
  const report = (...matched: number[]): ReferenceReport => ({
    fileName: 'then.safetensors',
    matched,
    missing: [0, 1, 2].filter((id) => !matched.includes(id)),
  });

  /** Two tensors are pruned by what a reference holds, in whose place comes one that lacks the second. */
  async function withReplacedReference() {
    const { engine, state } = await openStudio();
    const first = state().openReference(file('then.safetensors'));
    (await engine.last('openReference')).answer(report(0, 2));
    await first;
    state().setEditScope('model');
    state().setMethod(increase);
    (await engine.last('lookUp')).answer([scores, scores]);
    await settled();
    const second = state().openReference(file('other.safetensors'));
    (await engine.last('openReference')).answer(report(0));
    await second;
    return { engine, state };
  }

  it('makes the criterion possible for the tensors it holds', async () => {
    const { engine, state } = await openStudio();
    const opening = state().openReference(file('then.safetensors'));
    expect(state().status).toMatchObject({ kind: 'opening', fileName: 'then.safetensors' });
    (await engine.last('openReference')).answer(report(0));
    await opening;
    expect(state().reference).toEqual(report(0));
    expect(state().candidates.map(({ reference }) => reference)).toEqual([true, undefined, undefined]);
    state().setEditScope('model');
    state().setMethod(increase);
    expect([...state().deciding].map(([id, { criterion }]) => [id, criterion])).toEqual([
      [0, 'magnitude_increase'],
      [2, 'magnitude'],
    ]);
  });

  it('in the place of another is asked anew, and lets go of what it lacks', async () => {
    const { engine, state } = await withReplacedReference();
    expect(state().deciding.get(2)).toMatchObject({ criterion: 'magnitude', amount: { sparsity: 0 } });
    expect((await engine.last('lookUp')).params.requests).toMatchObject([{ kind: 'scores', tensor: 0 }]);
  });

  it('that is gone is said by the undo that would need it', async () => {
    const { state } = await withReplacedReference();
    const { recipe } = state();
    state().undo();
    expect(state()).toMatchObject({ recipe, status: { kind: 'error', error: { code: 'unsupported-feature' } } });
    expect(state().canUndo).toBe(true);
  });

  it('that is gone is said by the return to a recipe that would need it', async () => {
    const { state } = await withReplacedReference();
    const { recipe, outcome } = state();
    const needing = { ...initialRecipe(), rules: [{ ...increase, amount: { sparsity: 0.5 }, tensors: ['fc.weight'] }] };
    const evaluation = { outputs: [], milliseconds: 1 };
    expect(() => state().returnTo({ id: 1, recipe: needing, sparsity: 0.5, evaluation, origin: 'edit' })).not.toThrow();
    expect(state()).toMatchObject({
      recipe,
      outcome,
      status: { kind: 'error', error: { code: 'unsupported-feature' } },
    });
  });

  it('that cannot be read leaves everything as it was', async () => {
    const { engine, state } = await openStudio();
    const opening = state().openReference(file('then.safetensors'));
    (await engine.last('openReference')).fail(new CheckpointError('malformed-file', 'It ends too early.'));
    await opening;
    expect(state()).toMatchObject({ reference: null, status: { kind: 'error' } });
    expect(state().checkpoint).not.toBeNull();
  });

  it('goes when another checkpoint opens', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    const opening = studio.getState().openReference(file('then.safetensors'));
    (await engine.last('openReference')).answer(report(0));
    await opening;
    await open('other.safetensors');
    expect(studio.getState().reference).toBeNull();
    expect(studio.getState().candidates.some(({ reference }) => reference)).toBe(false);
  });
});

describe('a preset', () => {
  it('is one undo', async () => {
    const { state } = await openStudio();
    state().applyPreset(presets.find(({ id }) => id === 'threshold')!);
    expect(state().recipe).toMatchObject({ rules: [{ amount: { threshold: 0.01 } }] });
    state().undo();
    expect(state()).toMatchObject({ recipe: initialRecipe(), canUndo: false });
  });

  it('is looked at without being applied', async () => {
    const { state } = await openStudio();
    const { recipe, candidates, resolution, preview } = state();
    const preset = presets.find(({ id }) => id === 'threshold')!;
    expect(preview(preset.apply(recipe, candidates)).outcomes.size).toBe(2);
    expect(state()).toMatchObject({ recipe, resolution });
  });
});

describe('exports of other kinds', () => {
  it('are given exact outcomes, and give the file', async () => {
    const { engine, state } = await openStudio();
    state().setEditScope('model');
    state().setTargetSparsity(0.5);
    const exporting = state().exportAs('masks');
    expect(state().status.kind).toBe('exporting');
    const lookUp = await engine.last('lookUp');
    lookUp.answer(refined(lookUp.params.requests));
    const call = await engine.last('exportAs');
    expect(call.params.kind).toBe('masks');
    for (const outcome of call.params.outcomes.values()) expect(outcome.exact).toBe(true);
    const report = { file: new Blob(['masks']), name: 'model-masks.safetensors', size: 5 };
    call.answer(report);
    expect(await exporting).toEqual(report);
    expect(state().status).toEqual({ kind: 'ready' });
  });

  it('that are cancelled give nothing', async () => {
    const { engine, state } = await openStudio();
    const exporting = state().exportAs('gzip');
    const call = await engine.last('exportAs');
    call.progress({ stage: 'compressing', done: 1, total: 2 });
    expect(state().status).toMatchObject({ kind: 'exporting', progress: { stage: 'compressing' } });
    state().cancel();
    expect(await exporting).toBeUndefined();
    expect(call.isCancelled).toBe(true);
  });

  it('are estimated for the recipe as it is', async () => {
    const { engine, state } = await openStudio();
    const estimating = state().estimateSize('gzip');
    (await engine.last('estimateSize')).answer(40);
    await estimating;
    expect(state().sizeEstimates).toEqual({ gzip: 40 });
    state().setThreshold(0.5);
    expect(state().sizeEstimates).toEqual({});
  });

  it('of reports settle first', async () => {
    const { engine, state } = await openStudio();
    state().setEditScope('model');
    state().setTargetSparsity(0.5);
    const settling = state().settleExactly();
    const lookUp = await engine.last('lookUp');
    lookUp.answer(refined(lookUp.params.requests));
    const outcomes = await settling;
    expect([...outcomes!.values()].reduce((sum, { zeros }) => sum + zeros, 0)).toBe(6);
    expect(state().status).toEqual({ kind: 'ready' });
  });
});
