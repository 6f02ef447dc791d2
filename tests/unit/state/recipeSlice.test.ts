import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/lib/errors';
import { roundsOf } from '../../../src/pruning/decide';
import { initialRecipe } from '../../../src/pruning/edit';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { newStudio, refined, settled } from './fakeEngine';

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 }, ...about };
}

function recipeOf(...rules: Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

async function openStudio() {
  const { engine, studio, open } = newStudio();
  await open();
  return { engine, studio, state: studio.getState };
}

describe('a gesture', () => {
  it('is one undo, however often it moves', async () => {
    const { state } = await openStudio();
    state().setEditScope('model');
    state().beginGesture();
    for (const threshold of [0.2, 0.3, 0.4]) state().dragThreshold(threshold);
    state().commitGesture();
    expect(state().recipe).toEqual(recipeOf(rule({ amount: { threshold: 0.4 } })));
    expect(state().canUndo).toBe(true);

    state().undo();
    expect(state().recipe).toEqual(initialRecipe());
    expect(state().canUndo).toBe(false);
    state().redo();
    expect(state().recipe).toEqual(recipeOf(rule({ amount: { threshold: 0.4 } })));
  });

  it('goes to exact shares, whatever lies in between', async () => {
    const { state } = await openStudio();
    state().setEditScope('model');
    state().beginGesture();
    for (const sparsity of [0.251, 0.252]) state().dragSparsity(sparsity);
    const { weights, zeros } = state().outcome;
    expect(zeros).toBe(Math.round(0.252 * weights));
    state().commitGesture();
    expect(state().recipe).toEqual(recipeOf(rule({ amount: { sparsity: 0.252 } })));
    state().undo();
    expect(state().recipe).toEqual(initialRecipe());
  });

  it('is followed by the figures, not by what rests until it ends', async () => {
    const { state } = await openStudio();
    state().setEditScope('model');
    const before = state().settled;
    state().beginGesture();
    state().dragThreshold(0.5);
    expect(state().outcome.zeros).toBeGreaterThan(0);
    expect(state().settled).toBe(before);
    expect(state().warnings.map(({ code }) => code)).toEqual(['nothing-pruned']);
    state().commitGesture();
    expect(state().settled).toBe(state().resolution);
    expect(state().warnings.map(({ code }) => code)).toEqual(['layer-silent']);
  });

  it('bails to where it began, and leaves no trace', async () => {
    const { state } = await openStudio();
    state().setTargetSparsity(0.5);
    await settled();
    const { recipe, outcome } = state();
    state().beginGesture();
    state().dragThreshold(0.7);
    state().bailGesture();
    expect(state().recipe).toBe(recipe);
    expect(state().outcome).toEqual(outcome);
    expect(state().canRedo).toBe(false);
    state().commitGesture();
    expect(state().recipe).toBe(recipe);
  });

  it('that goes nowhere is no undo', async () => {
    const { state } = await openStudio();
    state().beginGesture();
    state().commitGesture();
    expect(state().canUndo).toBe(false);
  });

  it('is not undone halfway', async () => {
    const { state } = await openStudio();
    state().setThreshold(0.2);
    state().beginGesture();
    state().dragThreshold(0.3);
    const { recipe } = state();
    state().undo();
    expect(state().recipe).toBe(recipe);
  });

  it('means nothing before it begins', async () => {
    const { state } = await openStudio();
    const { recipe } = state();
    state().dragThreshold(0.3);
    expect(state().recipe).toBe(recipe);
  });
});

describe('the scope of an edit', () => {
  it('is the layer shown, the selected ones or the model', async () => {
    const { state } = await openStudio();
    state().select([0, 2], 'only');
    expect(state().editScope).toBe('selected');
    state().setEditScope('layer');
    state().setThreshold(0.2);
    expect(state().recipe).toEqual(
      recipeOf(
        ...roundsOf(initialRecipe())[0]!,
        rule({ tensors: ['fc.weight'], scope: 'layer', amount: { threshold: 0.2 } }),
      ),
    );
    state().setEditScope('selected');
    state().setThreshold(0.3);
    expect(roundsOf(state().recipe)[0]!.at(-1)).toEqual(
      rule({ tensors: ['conv.weight', 'fc.weight'], amount: { threshold: 0.3 } }),
    );
    state().setEditScope('model');
    state().resetScope();
    expect(state().outcome.zeros).toBe(0);
  });

  it('takes nothing in that is out', async () => {
    const { state } = await openStudio();
    state().select([0, 1, 2], 'only');
    state().setEditScope('selected');
    state().setThreshold(2);
    expect(state().outcome.weights).toBe(12);
    state().select([1], 'only');
    const { recipe } = state();
    state().setTargetSparsity(1);
    expect(state().recipe).toBe(recipe);
  });
});

describe('exact figures', () => {
  it('follow an estimate as soon as the bins were looked into', async () => {
    const { engine, state } = await openStudio();
    state().setEditScope('model');
    state().setTargetSparsity(0.5);
    expect(state().outcome).toMatchObject({ zeros: 6, exact: false });
    const call = await engine.last('lookUp');
    call.answer(refined(call.params.requests));
    await settled();
    expect(state().outcome).toMatchObject({ zeros: 6, exact: true });
    expect(state().settled).toBe(state().resolution);
  });

  it('that are known already ask for nothing', async () => {
    const { engine, state } = await openStudio();
    state().setTargetSparsity(0.5);
    const call = await engine.last('lookUp');
    call.answer(refined(call.params.requests));
    await settled();
    state().undo();
    state().redo();
    await settled();
    expect(state().outcome.exact).toBe(true);
    expect(engine.calls.filter(({ method }) => method === 'lookUp')).toHaveLength(1);
  });

  it('of a recipe that was changed meanwhile are cancelled', async () => {
    const { engine, state } = await openStudio();
    state().setTargetSparsity(0.5);
    const first = await engine.last('lookUp');
    state().setTargetSparsity(0.3);
    await settled();
    expect(first.isCancelled).toBe(true);
    expect(state().status).toEqual({ kind: 'ready' });
  });

  it('say so where they cannot be had', async () => {
    const { engine, state } = await openStudio();
    state().setTargetSparsity(0.5);
    (await engine.last('lookUp')).fail(new CheckpointError('file-unreadable', 'The file is gone.'));
    await settled();
    expect(state().status).toMatchObject({ kind: 'error', error: { code: 'file-unreadable' } });
    expect(state().checkpoint).not.toBeNull();
  });
});

describe('an edit that cannot apply', () => {
  const count = recipeOf(rule({ amount: { count: 10 } }));

  it('is said, and leaves all as it was', async () => {
    const { state } = await openStudio();
    state().applyRecipe(count);
    const { outcome } = state();
    state().setIncluded([0], false);
    expect(state().status).toMatchObject({ kind: 'error', error: { code: 'invalid-recipe' } });
    expect(state().recipe).toBe(count);
    expect(state().outcome).toBe(outcome);
    state().undo();
    expect(state().recipe).toEqual(initialRecipe());
  });

  it('ends a drag', async () => {
    const { state } = await openStudio();
    state().applyRecipe(count);
    state().select([0], 'only');
    state().beginGesture();
    state().dragThreshold(0.5);
    state().commitGesture();
    expect(state().recipe).toBe(count);
    expect(state().status.kind).toBe('error');
  });

  it('as a recipe changes nothing', async () => {
    const { state } = await openStudio();
    const { recipe } = state();
    state().applyRecipe(recipeOf(rule({ amount: { count: 99 } })));
    expect(state().status).toMatchObject({ kind: 'error', error: { code: 'invalid-recipe' } });
    expect(state().recipe).toBe(recipe);
    expect(state().canUndo).toBe(false);
  });
});

describe('switching in and out', () => {
  it('is one undo for all tensors together', async () => {
    const { state } = await openStudio();
    state().setIncluded([1], true);
    expect(state().outcome.weights).toBe(16);
    state().setIncluded([0, 1, 2], false);
    expect(state().outcome.weights).toBe(0);
    state().undo();
    expect(state().outcome.weights).toBe(16);
  });
});
