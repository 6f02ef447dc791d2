import { expect, it } from 'vitest';
import { metricValue } from '../../../../src/evaluation/quality';
import { isComplete, measureSensitivity, type Sensitivity } from '../../../../src/evaluation/search/sensitivity';
import { at } from '../../../../src/lib/known';
import { roundsOf } from '../../../../src/pruning/decide';
import { fakeBase, fakeModel } from './fakeBench';

const layers = [
  { weights: 100, damage: 4 },
  { weights: 300, damage: 1 },
];
const never = new AbortController().signal;

it('prunes one layer at a time, to each sparsity of the ladder once and in order', async () => {
  const model = fakeModel(layers);
  const { candidates } = model;
  const found = await measureSensitivity(fakeBase, candidates, [0.9, 0.5, 0.5, 0, 2, 1], model, never, () => {});
  expect(found).toMatchObject({ state: 'finished', ladder: [0.5, 0.9, 1], done: 6, total: 6, millisecondsLeft: 0 });
  const drifts = found.curves.map(({ cells }) => cells.map((cell) => metricValue(cell.evaluation, 'relativeL2')));
  expect(drifts).toEqual(
    [
      [1, 1.8, 2],
      [0.5, 0.9, 1],
    ].map((row) => row.map((drift) => expect.closeTo(drift))),
  );
  expect(found.curves.map(({ name, weights }) => [name, weights])).toEqual([
    ['layer0.weight', 100],
    ['layer1.weight', 300],
  ]);
  for (const recipe of model.tried) expect(roundsOf(recipe).flat()).toHaveLength(1);
});

it('shows every cell as it is done, and leaves curves that did not change as they were', async () => {
  const model = fakeModel(layers);
  const shown: Sensitivity[] = [];
  await measureSensitivity(fakeBase, model.candidates, [0.5, 0.9], model, never, (each) => shown.push(each));
  expect(shown.map(({ done, state }) => `${done} ${state}`)).toEqual([
    '0 running',
    '1 running',
    '2 running',
    '3 running',
    '4 running',
    '4 finished',
  ]);
  expect(shown[4]!.curves[0]).toBe(shown[2]!.curves[0]);
  expect(shown[1]!.curves[0]!.cells).toHaveLength(1);
});

it('keeps what is done when it is cancelled', async () => {
  const model = fakeModel(layers);
  const stop = new AbortController();
  const shown: Sensitivity[] = [];
  const measuring = measureSensitivity(fakeBase, model.candidates, [0.5, 0.9], model, stop.signal, (each) => {
    shown.push(each);
    if (each.done === 3) stop.abort();
  });
  await expect(measuring).rejects.toThrow();
  expect(shown.at(-1)).toMatchObject({ state: 'cancelled', done: 3, total: 4, millisecondsLeft: 0 });
  expect(at(shown.at(-1)!.curves, 1).cells).toHaveLength(1);
});

it('goes on from what was done when it was cancelled', async () => {
  const model = fakeModel(layers);
  const stop = new AbortController();
  let kept: Sensitivity | undefined;
  const measuring = measureSensitivity(fakeBase, model.candidates, [0.5, 0.9], model, stop.signal, (each) => {
    kept = each;
    if (each.done === 3) stop.abort();
  });
  await expect(measuring).rejects.toThrow();
  const shown: Sensitivity[] = [];
  const show = (each: Sensitivity) => shown.push(each);
  const start = { before: kept, milliseconds: 250 };
  const found = await measureSensitivity(fakeBase, model.candidates, [0.5, 0.7, 0.9], model, never, show, start);
  expect(shown[0]).toMatchObject({ done: 3, total: 6, millisecondsLeft: 750 });
  expect(shown).toHaveLength(5);
  expect(found.curves[0]!.cells.map(({ sparsity }) => sparsity)).toEqual([0.5, 0.7, 0.9]);
  const afresh = await measureSensitivity(fakeBase, model.candidates, [0.5, 0.7, 0.9], model, never, () => {});
  expect(found.curves).toEqual(afresh.curves);
});

it('is of these layers, complete, or to be measured again', async () => {
  const model = fakeModel(layers);
  const { candidates } = model;
  const found = await measureSensitivity(fakeBase, candidates, [0.5], model, never, () => {});
  expect(isComplete(found, candidates)).toBe(true);
  expect(isComplete(found, candidates.slice(1))).toBe(false);
  expect(isComplete(found, candidates.toReversed())).toBe(false);
  expect(isComplete({ ...found, state: 'cancelled' }, candidates)).toBe(false);
  expect(isComplete(null, candidates)).toBe(false);
});
