/** The searches over a real model and a real engine, with no page, no worker and no store. */
import { expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/protocol';
import { AnswerCache } from '../../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../../src/engine/recipe/candidates';
import { createEngine } from '../../../../src/engine/worker/engine';
import { createEvaluation } from '../../../../src/evaluation/evaluation';
import type { EvaluationCalls } from '../../../../src/evaluation/protocol';
import { loadRuntime } from '../../../../src/evaluation/runtime';
import { createBench } from '../../../../src/evaluation/search/bench';
import { globalRecipe, layersIn } from '../../../../src/evaluation/search/layerRecipes';
import { measureSensitivity } from '../../../../src/evaluation/search/sensitivity';
import { callsHere } from '../../../../src/lib/calls/caller';
import { initialRecipe } from '../../../../src/pruning/edit';
import { loadWasmKernels } from '../../../support/kernels';
import { sampleFile } from '../../../support/studio';

const { signal } = new AbortController();

it('evaluates and searches over an engine in the same thread', async () => {
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
  const bench = createBench(
    engine,
    evaluation,
    () => candidates,
    () => answers,
  );
  const base = initialRecipe();
  const pruned = layersIn(base, candidates);

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
