/** The evaluation that follows the recipe, with an evaluation of which every answer is the test's. */
import { describe, expect, it, vi } from 'vitest';
import { isBusy } from '../../../src/state/evaluationState';
import { file, newStudio, settled } from './fakeEngine';
import { evaluationOf, FakeEvaluation, graph, inputs } from './fakeEvaluation';

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
  state().setEditScope('model');
  const quality = () => state().evaluation;
  return { evaluation, state, quality };
}

const partial = (accuracy: number) => ({ evaluation: evaluationOf(accuracy), unpruned: { accuracy: 0.8 } });
const running = (done: number, accuracy: number) =>
  ({ stage: 'running', done, total: 300, partial: partial(accuracy) }) as const;

describe('a recipe that is evaluated', () => {
  it('is shown by its first samples, and joins the trail when all count', async () => {
    const { evaluation, state, quality } = await evaluated();
    expect(isBusy(quality())).toBe(false);
    state().setThreshold(0.3);
    const call = await evaluation.last('evaluate');
    expect(isBusy(quality())).toBe(true);
    expect(quality()).toMatchObject({ stale: true, partial: null });

    call.options.progress!(running(64, 0.7));
    expect(quality().partial).toMatchObject({ samples: 64, unpruned: { accuracy: 0.8 } });
    expect(quality().partial!.evaluation.accuracy).toBe(0.7);
    expect(quality().trail).toHaveLength(1);
    expect(isBusy(quality())).toBe(true);

    call.answer(evaluationOf(0.75));
    await settled();
    expect(quality()).toMatchObject({ stale: false, partial: null, evaluation: { accuracy: 0.75 } });
    expect(quality().trail.map((point) => point.evaluation.accuracy)).toEqual([0.9, 0.75]);
    expect(isBusy(quality())).toBe(false);
  });

  it('gives way to the next at once, and nothing of it is shown any more', async () => {
    const { evaluation, state, quality } = await evaluated();
    state().setThreshold(0.3);
    const first = await evaluation.last('evaluate');
    first.options.progress!(running(64, 0.7));
    state().setThreshold(0.4);
    expect(first.options.signal!.aborted).toBe(true);
    expect(quality()).toMatchObject({ partial: null, status: { kind: 'evaluating' } });
    const second = await evaluation.last('evaluate');
    first.options.progress!(running(128, 0.7));
    expect(quality().partial).toBeNull();
    second.answer(evaluationOf(0.6));
    await settled();
    expect(quality().trail.map((point) => point.evaluation.accuracy)).toEqual([0.9, 0.6]);
  });

  it('is busy from the first step of a drag, and joins the trail where it is let go of while it runs', async () => {
    const { evaluation, state, quality } = await evaluated();
    state().beginGesture();
    state().dragThreshold(0.4);
    expect(isBusy(quality())).toBe(true);
    await vi.waitFor(() => expect(evaluation.calls.at(-1)!.method).toBe('evaluate'));
    await vi.waitFor(() => expect(evaluation.calls.filter(({ method }) => method === 'evaluate')).toHaveLength(2));
    const call = await evaluation.last('evaluate');
    state().commitGesture();
    call.answer(evaluationOf(0.5));
    await settled();
    expect(evaluation.calls.filter(({ method }) => method === 'evaluate')).toHaveLength(2);
    expect(quality().trail.map((point) => point.evaluation.accuracy)).toEqual([0.9, 0.5]);
  });

  it('is not run again where it was let go of after all inputs counted', async () => {
    const { evaluation, state, quality } = await evaluated();
    state().beginGesture();
    state().dragThreshold(0.4);
    await vi.waitFor(() => expect(evaluation.calls.filter(({ method }) => method === 'evaluate')).toHaveLength(2));
    (await evaluation.last('evaluate')).answer(evaluationOf(0.5));
    await settled();
    expect(quality()).toMatchObject({ stale: false, trail: [{}] });
    state().commitGesture();
    await settled();
    expect(evaluation.calls.filter(({ method }) => method === 'evaluate')).toHaveLength(2);
    expect(quality().trail.map((point) => point.evaluation.accuracy)).toEqual([0.9, 0.5]);
  });

  it('leaves nothing of itself when it is cancelled', async () => {
    const { evaluation, state, quality } = await evaluated();
    state().setThreshold(0.3);
    (await evaluation.last('evaluate')).options.progress!(running(64, 0.7));
    state().cancelEvaluation();
    await settled();
    expect(quality()).toMatchObject({ partial: null, status: { kind: 'ready' }, stale: true });
    expect(quality().trail).toHaveLength(1);
  });
});
