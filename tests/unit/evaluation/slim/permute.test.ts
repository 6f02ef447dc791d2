/** 2:4 by channels in another order: the sample, and the checkpoint that it was exported from. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PatternOfTensor, PermuteReport } from '../../../../src/evaluation/slim/protocol';
import { permutedOutcomes } from '../../../../src/pruning/permutation/permuted';
import type { Recipe } from '../../../../src/pruning/recipe';
import type { Outcome, ProgramCounts } from '../../../../src/pruning/resolution';
import type { TensorId } from '../../../../src/tensors/tensor';
import { context, fileOf, openDigits, openStudio, type Studio, samples } from '../support';

const recipe: Recipe = {
  format: 'secateur-recipe',
  version: 1,
  rules: [{ kinds: ['conv', 'linear'], criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' }],
};

const studios: Studio[] = [];
afterAll(() => {
  for (const studio of studios) studio.close();
});

async function searched(studio: Studio): Promise<{ report: PermuteReport; outcomes: ReadonlyMap<TensorId, Outcome> }> {
  const outcomes = await studio.resolve(recipe);
  const patterns = [...outcomes].map(([tensor]): PatternOfTensor => ({ tensor, axis: 1, n: 2, m: 4 }));
  const report = await studio.evaluation.permute({ patterns }, context);
  if ('refused' in report) throw new Error(report.refused);
  return { report, outcomes };
}

describe.each(['digits-cnn.onnx', 'digits-cnn.pth'])('the sample’s %s', (name) => {
  let studio: Studio;
  let report: PermuteReport;
  let outcomes: ReadonlyMap<TensorId, Outcome>;
  let counts: ReadonlyMap<TensorId, ProgramCounts>;

  beforeAll(async () => {
    const graph = fileOf(join(samples, 'digits-cnn.onnx'));
    studio = name.endsWith('.onnx')
      ? await openDigits('session')
      : await openStudio(fileOf(join(samples, name)), 'session');
    studios.push(studio);
    if (!name.endsWith('.onnx')) {
      await studio.evaluation.openGraph({ files: [graph], isCheckpoint: false, tensors: studio.tensors }, context);
      const source = { kind: 'arrays', files: [fileOf(join(samples, 'digits-test.npz'))] } as const;
      await studio.evaluation.setInputs({ source }, context);
    }
    ({ report, outcomes } = await searched(studio));
    counts = await studio.engine.keepPermuted({ id: 'p', tensors: report.tensors }, context);
  }, 120_000);

  it('keeps more of its magnitude by 2:4, and says how much', () => {
    expect(report.sets.map(({ readers, channels }) => [readers, channels])).toEqual([
      [['conv2.weight'], 32],
      [['fc2.weight'], 96],
    ]);
    for (const { plain, permuted, unstructured } of report.sets) {
      expect(permuted).toBeGreaterThan(plain);
      expect(unstructured).toBeGreaterThan(permuted);
    }
    expect(report.difference).toBeLessThan(1e-5);
    const names = report.tensors.map(({ tensor }) => studio.opened.layers[tensor]!.name).sort();
    expect(names).toEqual(
      expect.arrayContaining([
        'conv1.weight',
        'bn1.running_var',
        'conv2.weight',
        'fc1.weight',
        'fc1.bias',
        'fc2.weight',
      ]),
    );
  });

  it('computes the same before pruning', async () => {
    const same = permutedOutcomes(new Map(), report.tensors, 'p', counts);
    const { outputs } = await studio.evaluation.evaluate({ outcomes: same }, context);
    expect(outputs).toHaveLength(1);
    for (const { relativeL2 } of outputs) expect(relativeL2).toBeLessThan(1e-5);
  });

  it('has the pattern once it is pruned, and keeps what was promised', async () => {
    const permuted = permutedOutcomes(outcomes, report.tensors, 'p', counts);
    const tensors = studio.tensors
      .filter((each) => ['conv2.weight', 'fc2.weight'].includes(each.name))
      .map(({ id }) => id);
    const [plain, better] = [
      await studio.engine.weights({ outcomes, tensors }, context),
      await studio.engine.weights({ outcomes: permuted, tensors }, context),
    ];
    for (const tensor of tensors) {
      const { shape, name: own } = studio.opened.layers[tensor]!;
      const floats = (bytes: Uint8Array<ArrayBuffer>) =>
        new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      const kept = (values: Float32Array) => values.reduce((sum, value) => sum + Math.abs(value), 0);
      const values = floats(better.get(tensor)!);
      const inner = shape.slice(2).reduce((product, size) => product * size, 1);
      for (let place = 0; place < values.length; place++) {
        const input = Math.floor(place / inner) % shape[1]!;
        if (input % 4 !== 0) continue;
        const stripe = [0, 1, 2, 3].map((i) => values[place + i * inner]!);
        expect(stripe.filter((value) => value !== 0).length).toBeLessThanOrEqual(2);
        expect(stripe.some((value) => Object.is(value, -0))).toBe(false);
      }
      expect(kept(values)).toBeGreaterThan(kept(floats(plain.get(tensor)!)));
      const told = report.sets.find(({ readers }) => readers.includes(own))!;
      if (told.readers.length === 1) expect(kept(values) / told.permuted).toBeCloseTo(1, 5);
    }
  });
});
