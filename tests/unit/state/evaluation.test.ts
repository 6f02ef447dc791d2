import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { metricValue } from '../../../src/evaluation/quality';
import { sampleFile, studioInThread } from '../../support/studio';

type Store = ReturnType<typeof studioInThread>;

const random = { kind: 'random', seed: 1, dimensions: { batch: 4 } } as const;

async function openDigits(): Promise<Store> {
  const studio = studioInThread();
  await studio.getState().openFiles([sampleFile('digits-cnn.onnx')]);
  await studio.getState().evaluateCheckpoint();
  studio.getState().setEditScope('model');
  return studio;
}

const evaluationOf = (studio: Store) => studio.getState().evaluation;

/** Until the recipe shown is evaluated. */
async function caughtUp(studio: Store): Promise<void> {
  await vi.waitFor(
    () => {
      const { status, stale } = evaluationOf(studio);
      expect([status.kind, stale]).toEqual(['ready', false]);
    },
    { timeout: 30_000, interval: 10 },
  );
}

describe('evaluation', () => {
  let studio: Store;
  beforeEach(async () => {
    studio = await openDigits();
  });
  afterEach(() => studio.getState().closeEvaluation());

  it('starts with random inputs, the metrics they allow, and the first point of the trail', () => {
    const { status, inputs, metrics, metric, trail, graph } = evaluationOf(studio);
    expect(status).toEqual({ kind: 'ready' });
    expect(inputs).toMatchObject({ title: 'random numbers, seed 1', samples: 8 });
    expect(metrics).toEqual(['top1Agreement', 'klDivergence', 'cosine', 'relativeL2', 'maxAbsolute']);
    // Nearly all random inputs are of one class: agreement would flatter.
    expect(metric).toBe('relativeL2');
    expect(trail).toMatchObject([{ sparsity: 0, origin: 'edit' }]);
    expect(graph!.runtime.label).toBe('ONNX Runtime, WASM');
  });

  it('follows every committed recipe while it is live, and keeps a point of each', async () => {
    studio.getState().setTargetSparsity(0.5);
    await caughtUp(studio);
    studio.getState().setTargetSparsity(0.9);
    await caughtUp(studio);
    const { trail, evaluation } = evaluationOf(studio);
    expect(trail.map(({ sparsity }) => sparsity.toFixed(2))).toEqual(['0.00', '0.50', '0.90']);
    expect(trail.at(-1)!.evaluation).toBe(evaluation);
    const drift = trail.map((point) => metricValue(point.evaluation, 'relativeL2')!);
    expect(drift[0]).toBe(0);
    expect(drift[2]).toBeGreaterThan(drift[1]!);
  });

  it('returns to a point of the trail without running it again, in one history entry', async () => {
    studio.getState().setTargetSparsity(0.5);
    await caughtUp(studio);
    const [first, second] = evaluationOf(studio).trail;
    studio.getState().returnTo(first!);
    expect(studio.getState().recipe).toBe(first!.recipe);
    expect(evaluationOf(studio)).toMatchObject({ evaluation: first!.evaluation, stale: false });
    studio.getState().undo();
    expect(evaluationOf(studio).evaluation).toBe(second!.evaluation);
    expect(evaluationOf(studio).trail).toHaveLength(2);
  });

  it('evaluates a handle that rests, and keeps no point until it is let go', async () => {
    studio.getState().beginGesture();
    studio.getState().dragThreshold(0.05);
    await caughtUp(studio);
    const resting = evaluationOf(studio);
    expect(metricValue(resting.evaluation!, 'relativeL2')).toBeGreaterThan(0);
    expect(resting.trail).toHaveLength(1);
    studio.getState().commitGesture();
    await vi.waitFor(() => expect(evaluationOf(studio).trail).toHaveLength(2), { timeout: 30_000 });
  });

  it('waits to be asked while it is not live', async () => {
    studio.getState().setLive(false);
    studio.getState().setTargetSparsity(0.5);
    expect(evaluationOf(studio)).toMatchObject({ stale: true, status: { kind: 'ready' } });
    await studio.getState().evaluateNow();
    expect(evaluationOf(studio)).toMatchObject({ stale: false });
    expect(evaluationOf(studio).trail).toHaveLength(2);
  });

  it('starts its trail anew with other inputs', async () => {
    studio.getState().setTargetSparsity(0.5);
    await caughtUp(studio);
    await studio.getState().setInputs({ kind: 'arrays', files: [sampleFile('digits-test.npz')] });
    const { trail, metric, inputs } = evaluationOf(studio);
    expect(inputs!.labelled).toBe(true);
    expect(metric).toBe('accuracy');
    expect(trail.map(({ sparsity }) => sparsity.toFixed(2))).toEqual(['0.50']);
  });

  it('keeps what was open when inputs are refused', async () => {
    await studio.getState().setInputs({ kind: 'arrays', files: [new File(['x'], 'x.txt')] });
    expect(evaluationOf(studio).status).toMatchObject({ kind: 'failed', error: { code: 'unsupported-feature' } });
    expect(evaluationOf(studio).inputs).toMatchObject({ title: 'random numbers, seed 1' });
    expect(studio.getState().status).toEqual({ kind: 'ready' });
    studio.getState().setTargetSparsity(0.5);
    await caughtUp(studio);
  });

  it('ends with the checkpoint', async () => {
    await studio.getState().openFiles([sampleFile('digits-cnn.pth')]);
    expect(evaluationOf(studio)).toMatchObject({ status: { kind: 'off' }, graph: null, trail: [] });
    expect(studio.getState().canEvaluateCheckpoint()).toBe(false);
    await studio.getState().pairGraph([sampleFile('digits-cnn.onnx')]);
    expect(evaluationOf(studio)).toMatchObject({ status: { kind: 'ready' }, pairingConfirmed: true });
    studio.getState().setTargetSparsity(0.9);
    await caughtUp(studio);
    expect(evaluationOf(studio).trail).toHaveLength(2);
  });

  it('measures layer drift and input norms', async () => {
    studio.getState().setTargetSparsity(0.9);
    await caughtUp(studio);
    await studio.getState().measureLayerDrift();
    expect(evaluationOf(studio).layerDrift!.map(({ name }) => name)).toEqual([
      'conv1.weight',
      'conv2.weight',
      'fc1.weight',
      'fc2.weight',
    ]);
    await studio.getState().collectInputs('norms');
    expect([...studio.getState().inputNorms.values()].map(({ norms }) => norms.length)).toEqual([1, 32, 1024, 96]);
    studio.getState().setTargetSparsity(0.5);
    expect(evaluationOf(studio).layerDrift).toBeNull();
  });

  it('lets layers be pruned by what goes into them, once its norms were collected', async () => {
    const method = { criterion: 'activation', granularity: 'weight', scope: 'row' } as const;
    studio.getState().setTargetSparsity(0.5);
    studio.getState().setMethod(method);
    expect([...studio.getState().deciding.values()].map(({ criterion }) => criterion)).not.toContain('activation');

    await studio.getState().collectInputs('norms');
    studio.getState().setMethod({ ...method, amount: { sparsity: 0.5 } });
    expect([...studio.getState().deciding.values()].every(({ criterion }) => criterion === 'activation')).toBe(true);
    await vi.waitFor(() => expect(studio.getState().outcome.exact).toBe(true), { timeout: 30_000, interval: 10 });
    expect(studio.getState().outcome.sparsity).toBeCloseTo(0.5, 2);
  });
});

describe('sensitivity', () => {
  it('is measured for every layer that is in, at every step, and said as CSV', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs(random);
    await studio.getState().measureSensitivity([0.9, 0.5, 1]);
    const { sensitivity, status } = evaluationOf(studio);
    expect(status).toEqual({ kind: 'ready' });
    expect(sensitivity).toMatchObject({ state: 'finished', done: 12, total: 12, ladder: [0.5, 0.9, 1] });
    for (const { cells } of sensitivity!.curves) {
      const drift = cells.map(({ evaluation }) => metricValue(evaluation, 'relativeL2')!);
      expect(drift[0]).toBeLessThan(drift[1]!);
    }
    const lines = studio.getState().sensitivityCsv().split('\r\n');
    expect(lines).toHaveLength(14);
    expect(lines[0]).toBe('layer,weights,sparsity,top1Agreement,klDivergence,cosine,relativeL2,maxAbsolute');
    expect(lines[1]).toMatch(/^conv1\.weight,288,0\.5,/);
  });

  it('keeps what is done when it is cancelled, and lets live evaluation go on', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs(random);
    const stop = studio.subscribe(({ evaluation }) => {
      if (evaluation.sensitivity?.done === 3) studio.getState().cancelEvaluation();
    });
    await studio.getState().measureSensitivity([0.5, 0.9]);
    stop();
    expect(evaluationOf(studio).sensitivity).toMatchObject({ state: 'cancelled', done: 3 });
    expect(evaluationOf(studio).status).toEqual({ kind: 'ready' });
    studio.getState().setTargetSparsity(0.5);
    await caughtUp(studio);
  });
});

describe('auto-tune', () => {
  it('finds a recipe that beats one global threshold, applies it, and shows both', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs({ kind: 'arrays', files: [sampleFile('digits-test.npz')] });
    await studio.getState().autoTune({ kind: 'best', metric: 'accuracy', sparsity: 0.95 });
    const { tuning, trail } = evaluationOf(studio);
    expect(tuning).toMatchObject({ state: 'finished' });
    const { tuned, global } = tuning!;
    expect(tuned!.sparsity).toBeCloseTo(0.95, 3);
    expect(global!.sparsity).toBeCloseTo(tuned!.sparsity, 6);
    expect(tuned!.evaluation.accuracy).toBeGreaterThan(global!.evaluation.accuracy!);
    expect(tuning!.verdict).toMatch(/Better than one global magnitude threshold/);
    expect(trail).toEqual(expect.arrayContaining([tuned, global]));
    const { recipe, outcome } = studio.getState();
    expect(recipe).toBe(tuned!.recipe);
    expect(outcome.sparsity).toBeCloseTo(0.95, 3);
    studio.getState().undo();
    expect(studio.getState().outcome.sparsity).toBe(0);
  });

  it('finds the sparsest model that keeps to a limit', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs({ ...random, dimensions: { batch: 16 } });
    await studio.getState().autoTune({ kind: 'sparsest', metric: 'relativeL2', limit: 0.1 });
    const { tuned } = evaluationOf(studio).tuning!;
    expect(metricValue(tuned!.evaluation, 'relativeL2')).toBeLessThanOrEqual(0.1);
    expect(tuned!.sparsity).toBeGreaterThan(0.3);
  });

  it('says when the goal cannot be met', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs(random);
    await studio.getState().measureSensitivity([0.5]);
    await studio.getState().autoTune({ kind: 'sparsest', metric: 'relativeL2', limit: -1 });
    expect(evaluationOf(studio).tuning).toMatchObject({ state: 'impossible' });
    expect(studio.getState().outcome.sparsity).toBe(0);
  });

  it('leaves alone what was changed while it searched, and keeps what it found', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs(random);
    const stop = studio.subscribe(({ evaluation }) => {
      if ((evaluation.tuning?.evaluations ?? 0) === 2) {
        stop();
        studio.getState().setTargetSparsity(0.25);
      }
    });
    await studio.getState().autoTune({ kind: 'best', metric: 'relativeL2', sparsity: 0.7 });
    const { tuning, trail } = evaluationOf(studio);
    expect(tuning).toMatchObject({ state: 'finished' });
    expect(tuning!.verdict).toContain('The recipe was changed meanwhile');
    expect(trail).toContain(tuning!.tuned);
    expect(studio.getState().recipe).not.toBe(tuning!.tuned!.recipe);
    studio.getState().undo();
    expect(studio.getState().outcome.sparsity).toBe(0);
    expect(studio.getState().canUndo).toBe(false);
    await caughtUp(studio);
  });

  it('keeps the recipe when it is cancelled', async () => {
    const studio = await openDigits();
    await studio.getState().setInputs(random);
    const { recipe } = studio.getState();
    const stop = studio.subscribe(({ evaluation }) => {
      if ((evaluation.tuning?.evaluations ?? 0) === 2) studio.getState().cancelEvaluation();
    });
    await studio.getState().autoTune({ kind: 'best', metric: 'relativeL2', sparsity: 0.7 });
    stop();
    expect(evaluationOf(studio)).toMatchObject({ tuning: { state: 'cancelled' }, status: { kind: 'ready' } });
    expect(studio.getState().recipe).toBe(recipe);
  });
});
