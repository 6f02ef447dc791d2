/** Snapshots: recipes that were given a name, two of them pinned, and a look at them that changes nothing. */
import { expect, it } from 'vitest';
import { flippable } from '../../../src/state/snapshots';
import { createStudio } from '../../../src/state/store';
import { checkpoint, FakeEngine, file, settled } from './fakeEngine';
import { evaluationOf, FakeEvaluation, graph, inputs } from './fakeEvaluation';

async function opened() {
  const engine = new FakeEngine();
  const evaluation = new FakeEvaluation();
  const studio = createStudio(engine.client, evaluation.client);
  const state = () => studio.getState();
  const opening = state().openFiles([file('m.pth')]);
  (await engine.last('open')).answer(checkpoint('m.pth'));
  await opening;
  state().setEditScope('model');
  return { engine, evaluation, state };
}

it('what was done is said, with when and what it came to', async () => {
  const { state } = await opened();
  state().setThreshold(0.2);
  state().setIncluded([0], false);
  const { past, present } = state().history;
  expect([...past, present].map(({ what }) => what)).toEqual([
    'Opened',
    'Whole model: threshold 0.200',
    'conv.weight: out of pruning',
  ]);
  expect(past[0]).toMatchObject({ sparsity: 0 });
  expect(present.sparsity).toBe(state().outcome.sparsity);
  expect(Math.abs(present.at - Date.now())).toBeLessThan(60_000);
});

it('any step of the history is gone back to, and forth again', async () => {
  const { state } = await opened();
  for (const threshold of [0.1, 0.2, 0.3]) state().setThreshold(threshold);
  const { past, present } = state().history;
  state().travelTo(past[1]!);
  expect(state().recipe).toBe(past[1]!.recipe);
  expect(state().history.future.map(({ what }) => what)).toEqual([
    'Whole model: threshold 0.200',
    'Whole model: threshold 0.300',
  ]);
  state().travelTo(state().history.future.at(-1)!);
  expect(state().recipe).toBe(present.recipe);
  expect(state().canRedo).toBe(false);
});

it('a snapshot is gone back to as one step that can be undone', async () => {
  const { state } = await opened();
  state().setThreshold(0.2);
  state().takeSnapshot();
  state().setThreshold(0.3);
  const after = state().recipe;
  const [snapshot] = state().snapshots;
  expect(snapshot).toMatchObject({ name: 'Whole model: threshold 0.200', what: 'Whole model: threshold 0.200' });
  state().renameSnapshot(snapshot!.id, 'careful');
  state().backTo(snapshot!.id);
  expect(state().recipe).toBe(snapshot!.recipe);
  expect(state().history.present.what).toBe('Back to careful');
  state().undo();
  expect(state().recipe).toBe(after);
});

it('two are pinned: a third takes the place of the second, and what goes is let go', async () => {
  const { state } = await opened();
  for (const name of ['a', 'b', 'c']) state().takeSnapshot(name);
  const [a, b, c] = state().snapshots.map(({ id }) => id) as [string, string, string];
  for (const id of [a, b, c]) state().pin(id);
  expect(state().pinned).toEqual([a, c]);
  state().removeSnapshot(a);
  expect(state().pinned).toEqual([c]);
  state().pin(c);
  expect(state().pinned).toEqual([]);
});

it('flips to the pinned one that is not at hand, then to the file as it was opened, and leaves no trace', async () => {
  const { state } = await opened();
  state().setThreshold(0.2);
  state().takeSnapshot('a');
  const [a] = state().snapshots;
  state().pin(a!.id);
  expect(flippable(state()).map(({ name }) => name)).toEqual(['As opened']);
  state().setThreshold(0.3);
  expect(flippable(state()).map(({ name }) => name)).toEqual(['a', 'As opened']);
  const { history, recipe, outcome } = state();
  state().flip(a!.id);
  expect(state().recipe).toBe(a!.recipe);
  expect(state().settled).toBe(state().resolution);
  expect(state().outcome.sparsity).toBeLessThan(outcome.sparsity);
  state().flip('opened');
  expect(state().outcome.sparsity).toBe(0);
  state().flip(null);
  expect(state()).toMatchObject({ recipe, outcome, flipped: null });
  expect(state().history).toEqual(history);
});

it('an edit while another is shown is an edit of the present one', async () => {
  const { state } = await opened();
  state().setThreshold(0.3);
  state().flip('opened');
  state().setIncluded([0], false);
  expect(state()).toMatchObject({ flipped: null });
  expect(state().recipe).toMatchObject({ rules: [{ exclude: ['conv.weight'], amount: { threshold: 0.3 } }] });
});

it('a snapshot learns what it came to, whenever that becomes known', async () => {
  const { evaluation, state } = await opened();
  state().setThreshold(0.3);
  state().takeSnapshot('a');
  await expect.poll(() => state().snapshots[0]?.sparsity).toBe(state().outcome.sparsity);
  expect(state().snapshots[0]).toMatchObject({ bytes: { of: 'file', size: state().checkpoint!.size } });
  const starting = state().pairGraph([file('model.onnx')]);
  (await evaluation.last('openGraph')).answer(graph);
  (await evaluation.last('setInputs')).answer(inputs);
  (await evaluation.last('evaluate')).answer(evaluationOf(0.9));
  await starting;
  await expect
    .poll(() => state().snapshots[0]?.quality)
    .toMatchObject({ inputs: '300 samples', figures: { accuracy: 0.9 } });
});

it('those without a figure are run, and the recipe at hand stays', async () => {
  const { evaluation, state } = await opened();
  state().setThreshold(0.3);
  state().takeSnapshot('a');
  state().setThreshold(0.2);
  const starting = state().pairGraph([file('model.onnx')]);
  (await evaluation.last('openGraph')).answer(graph);
  (await evaluation.last('setInputs')).answer(inputs);
  (await evaluation.last('evaluate')).answer(evaluationOf(0.9));
  await starting;
  const { recipe } = state();
  const running = state().evaluateRecipes([state().snapshots[0]!.recipe]);
  (await evaluation.last('evaluate')).answer(evaluationOf(0.5));
  await running;
  await settled();
  await expect.poll(() => state().snapshots[0]?.quality?.figures.accuracy).toBe(0.5);
  expect(state().recipe).toBe(recipe);
});

it('go with the checkpoint that they are of', async () => {
  const { state } = await opened();
  state().takeSnapshot('a');
  state().closeCheckpoint();
  expect(state()).toMatchObject({ snapshots: [], pinned: [] });
});
