/** The searches over a real model and a real engine, with no page, no worker and no store. */
import { expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/protocol';
import { AnswerCache } from '../../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../../src/engine/recipe/candidates';
import { createEngine } from '../../../../src/engine/worker/engine';
import { createEvaluation } from '../../../../src/evaluation/evaluation';
import type { EvaluationCalls } from '../../../../src/evaluation/protocol';
import { loadRuntime } from '../../../../src/evaluation/runtime';
import { autoTune, type TuneGoal } from '../../../../src/evaluation/search/autoTune';
import { createBench, type RepairCandidate } from '../../../../src/evaluation/search/bench';
import { globalRecipe, layersIn } from '../../../../src/evaluation/search/layerRecipes';
import { measureSensitivity } from '../../../../src/evaluation/search/sensitivity';
import { callsHere } from '../../../../src/lib/calls/caller';
import { initialRecipe } from '../../../../src/pruning/edit';
import { repairedOutcomes } from '../../../../src/pruning/repair';
import { loadWasmKernels } from '../../../support/kernels';
import { sampleFile } from '../../../support/studio';

const { signal } = new AbortController();

async function openDigits() {
  const engine: Engine = callsHere(createEngine(loadWasmKernels()));
  const decodeImage = () => Promise.reject(new Error('none are given'));
  const evaluation: EvaluationCalls = callsHere(
    createEvaluation({ loadRuntime, decodeImage, engine, delivery: 'inputs' }),
  );
  const model = sampleFile('digits-cnn.onnx');
  const { layers } = await engine.call('open', { files: [model] });
  await evaluation.call('openGraph', { files: [model], isCheckpoint: true, tensors: layers });
  await evaluation.call('setInputs', { source: { kind: 'arrays', files: [sampleFile('digits-test.npz')] } });

  const candidates = candidatesOf(layers);
  const answers = new AnswerCache();
  const benchWith = (repair?: RepairCandidate) =>
    createBench(
      engine,
      evaluation,
      () => candidates,
      () => answers,
      undefined,
      repair,
    );
  const base = initialRecipe();
  return { evaluation, benchWith, bench: benchWith(), base, pruned: layersIn(base, candidates) };
}

it('evaluates and searches over an engine in the same thread', async () => {
  const { evaluation, bench, base, pruned } = await openDigits();
  const half = await bench.run(globalRecipe(base, pruned, { sparsity: 0.5 }), signal);
  expect(half.sparsity).toBeCloseTo(0.5, 3);
  expect(half.evaluation.accuracy).toBeGreaterThan(0.95);

  const { curves } = await measureSensitivity(base, pruned, [0.5, 1], bench, signal, () => {});
  expect(curves.map(({ name }) => name)).toEqual(['conv1.weight', 'conv2.weight', 'fc1.weight', 'fc2.weight']);
  for (const { cells } of curves) {
    const [some, all] = cells.map((cell) => cell.evaluation.accuracy);
    expect(some).toBeGreaterThan(0.9);
    // A layer without weights leaves nothing to tell digits by.
    expect(all).toBeLessThan(0.2);
  }
  // A part comes to what the whole comes to on its samples.
  const parts = await evaluation.call('splitInputs', { seed: 1 });
  expect([parts.search.length, parts.verdict.length]).toEqual([300, 299]);
  const { outcomes } = await bench.resolve(half.recipe, signal);
  for (const part of ['search', 'verdict'] as const) {
    const { bySample } = await evaluation.call('evaluate', { outcomes, part });
    expect([...bySample!.accuracy!]).toEqual(parts[part].map((place) => half.evaluation.bySample!.accuracy![place]));
  }
  await evaluation.call('close', {});
});

it('tunes for what a repair makes of its candidates', async () => {
  const { evaluation, benchWith, bench, base, pruned } = await openDigits();
  const source = { kind: 'arrays', files: [sampleFile('digits-calibration.npz')] } as const;
  await evaluation.call('setCalibration', { source: { kind: 'own', source, samples: 32 } });
  let made = 0;
  const repaired = benchWith(async (_, outcomes, ended) => {
    const request = { outcomes, settings: { damping: 0.01 }, id: `${++made}`, of: '' };
    const answer = await evaluation.call('repair', request, { signal: ended });
    return 'refused' in answer ? outcomes : repairedOutcomes(outcomes, answer);
  });
  const { curves } = await measureSensitivity(base, pruned, [0.9, 0.98], bench, signal, () => {});
  const goal: TuneGoal = { kind: 'best', metric: 'accuracy', sparsity: 0.97 };
  const found = await autoTune(goal, base, pruned, curves, { search: repaired }, signal);
  const { recipe, evaluation: judged } = found?.best ?? (await repaired.run(base, signal));
  expect(made).toBeGreaterThan(1);
  expect(judged.accuracy).toBeGreaterThan(0.95);
  expect(judged.accuracy).toBe((await repaired.run(recipe, signal)).evaluation.accuracy);
  expect(judged.accuracy).toBeGreaterThan((await bench.run(recipe, signal)).evaluation.accuracy ?? 1);
  await evaluation.call('close', {});
}, 180_000);
