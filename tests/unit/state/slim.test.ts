/** Smaller models beside the recipe, with an evaluation of which every answer is the test's. */
import { describe, expect, it, vi } from 'vitest';
import type { SlimReport } from '../../../src/evaluation/slim/protocol';
import { file, newStudio, settled } from './fakeEngine';
import { evaluationOf, FakeEvaluation, graph, inputs } from './fakeEvaluation';

const plan = JSON.stringify({
  format: 'secateur-slim-plan',
  version: 1,
  nodes: 3,
  tensors: [],
  adjustments: [],
  reshaped: [],
});

function reportOf(id: string): SlimReport {
  const time = { median: 2, low: 1.9, high: 2.1, runs: 15 };
  return {
    id,
    before: { macs: 1000, parameters: 100, bytes: 4000 },
    after: { macs: 500, parameters: 60, bytes: 2400 },
    widths: [],
    units: 4,
    dead: 0,
    slots: [],
    time: { before: time, after: { ...time, median: 1, low: 0.9, high: 1.1 }, faster: 1, threads: 1, samples: 32 },
    difference: 1e-7,
    remarks: [],
    plan,
  };
}

/** The model on 300 samples, evaluated as it is. */
async function evaluated() {
  const evaluation = new FakeEvaluation();
  const { studio, open } = newStudio(evaluation.client);
  await open();
  const state = studio.getState;
  const starting = state().pairGraph([file('model.onnx')]);
  (await evaluation.last('openGraph')).answer(graph);
  (await evaluation.last('setInputs')).answer(inputs);
  (await evaluation.last('evaluate')).answer(evaluationOf(0.9));
  await starting;
  (await evaluation.last('costs')).answer({ nodes: [], macs: 1000, effective: 1000, parameters: 100 });
  await settled();
  state().setEditScope('model');
  state().setSlimSettings({ repair: false });
  const slim = () => state().slim;
  /** @returns the call that waits for its answer, and the end of all */
  const asked = async () => {
    const made = state().slimNow();
    await vi.waitFor(() => expect(evaluation.calls.at(-1)?.method).toBe('slim'));
    return { call: await evaluation.last('slim'), made };
  };
  const make = async () => {
    const { call, made } = await asked();
    call.answer(reportOf(call.params.id));
    (await evaluation.last('slimModel')).answer(new Blob(['smaller']));
    await made;
  };
  return { evaluation, state, slim, asked, make };
}

describe('a smaller model', () => {
  it('is asked for by what may remain, is of the recipe shown, stale after an edit, and there again after undo', async () => {
    const { state, slim, asked, evaluation } = await evaluated();
    expect(slim().costs).toMatchObject({ macs: 1000 });
    state().setSlimSettings({ measure: 'parameters', target: 0.4 });
    const { call, made } = await asked();
    expect(call.params.goal).toEqual({ kind: 'target', measure: 'parameters', share: 0.4 });
    expect(call.params.repair).toBeUndefined();
    call.options.progress!({ stage: 'slimming', done: 2, total: 8, what: 'measuring groups of channels' });
    expect(slim().status).toMatchObject({ kind: 'slimming', step: 'measuring groups of channels', done: 2, total: 8 });
    call.answer(reportOf(call.params.id));
    (await evaluation.last('slimModel')).answer(new Blob(['smaller']));
    await made;
    expect(slim()).toMatchObject({ status: { kind: 'idle' }, isFresh: true });
    expect(state().recipe.slim).toMatchObject({ measure: 'parameters', target: 0.4 });

    state().setThreshold(0.3);
    expect(slim()).toMatchObject({ isFresh: false });
    expect(slim().made).not.toBeNull();
    state().undo();
    expect(slim().isFresh).toBe(true);
    state().undo();
    expect(state().recipe.slim).toBeUndefined();
    expect(slim().isFresh).toBe(false);
    state().redo();
    expect(slim().isFresh).toBe(true);
  });

  it('takes only what is dead without a target', async () => {
    const { state, asked } = await evaluated();
    state().setSlimSettings({ target: null });
    const { call } = await asked();
    expect(call.params.goal).toEqual({ kind: 'dead' });
    state().cancelSlim();
  });

  it('is cancelled at once, and all is as it was', async () => {
    const { state, slim, asked } = await evaluated();
    const { recipe } = state();
    const { call, made } = await asked();
    state().cancelSlim();
    expect(slim().status).toEqual({ kind: 'idle' });
    expect(call.options.signal!.aborted).toBe(true);
    await made;
    expect(slim()).toMatchObject({ status: { kind: 'idle' }, made: null });
    expect(state().recipe).toBe(recipe);
  });

  it('is given up where the recipe changes under it, which is said', async () => {
    const { state, slim, asked } = await evaluated();
    const { made } = await asked();
    state().setThreshold(0.3);
    await made;
    expect(slim().status).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('given up') });
    expect(slim().made).toBeNull();
  });

  it('is not kept where it is withheld, with the reason', async () => {
    const { state, slim, asked } = await evaluated();
    const { recipe } = state();
    const { call, made } = await asked();
    call.answer({ refused: 'It gave something else than the model with zeros.' });
    await made;
    expect(slim()).toMatchObject({ status: { kind: 'refused' }, made: null, isFresh: false });
    expect(state().recipe).toBe(recipe);
  });

  it('goes with its checkpoint', async () => {
    const { state, slim, make } = await evaluated();
    await make();
    expect(slim().isFresh).toBe(true);
    state().closeCheckpoint();
    expect(slim()).toMatchObject({ made: null, isFresh: false, costs: null });
  });

  it('repeats the plan that a recipe brought along', async () => {
    const { state, asked } = await evaluated();
    state().applyRecipe({ ...state().recipe, slim: { plan: JSON.parse(plan) } });
    const first = await asked();
    expect(first.call.params.goal).toEqual({ kind: 'plan', plan: expect.stringContaining('secateur-slim-plan') });
    state().cancelSlim();
    state().setSlimSettings({ replays: false });
    const second = await asked();
    expect(second.call.params.goal).toMatchObject({ kind: 'target' });
    state().cancelSlim();
  });
});
