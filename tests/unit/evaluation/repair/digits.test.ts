/** The sample network, pruned until it reads badly, and repaired on 256 images without their labels. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationProgress, Outcomes } from '../../../../src/evaluation/protocol';
import { type Repair, repairedOutcomes } from '../../../../src/pruning/repair';
import { context, fileOf, globalRecipe, openDigits, samples } from '../support';

describe('the digits sample', () => {
  let digits: Awaited<ReturnType<typeof openDigits>>;
  const own = { kind: 'arrays', files: [fileOf(join(samples, 'digits-calibration.npz'))] } as const;
  beforeAll(async () => {
    digits = await openDigits('inputs');
  });
  afterAll(() => digits.close());

  const calibrate = () => digits.evaluation.setCalibration({ source: { kind: 'own', source: own } }, context);
  const repair = (outcomes: Outcomes, id: string, as = context) =>
    digits.evaluation.repair({ outcomes, settings: { damping: 0.01 }, id, of: 'a recipe' }, as);
  const evaluate = (outcomes: Outcomes) => digits.evaluation.evaluate({ outcomes }, context);

  it('reads again what 97 % of its weights gone had made it misread', async () => {
    expect(await calibrate()).toEqual({ title: '256 samples from digits-calibration.npz', samples: 256, judged: 599 });
    const outcomes = await digits.resolve(globalRecipe({ sparsity: 0.97 }));
    const progress: EvaluationProgress[] = [];
    const report = (await repair(outcomes, 'a', {
      ...context,
      progress: (each) => progress.push(each as EvaluationProgress),
    })) as Repair;
    const repaired = await evaluate(repairedOutcomes(outcomes, report));
    expect((await evaluate(outcomes)).accuracy).toBeCloseTo(0.706, 3);
    expect(repaired.accuracy).toBeGreaterThanOrEqual(0.983);
    expect(report).toMatchObject({ id: 'a', of: 'a recipe', samples: 256, damping: 0.01, between: false, leftOut: [] });
    const weights = ['conv1', 'conv2', 'fc1', 'fc2'];
    expect(report.tensors.map(({ name, role }) => `${role} ${name}`)).toEqual(
      weights.flatMap((name) => [`pruned ${name}.weight`, `bias ${name}.bias`]),
    );
    for (const { before, after } of report.tensors) expect((after ?? 0) <= (before ?? 0)).toBe(true);
    expect(new Set(progress.map(({ layer }) => layer))).toEqual(
      new Set([...weights.map((name) => `${name}.weight`), undefined]),
    );
    expect(progress.at(-1)).toMatchObject({ stage: 'repairing', done: 4, total: 4 });
  });

  it('moves fifty times less at 90 %', async () => {
    await calibrate();
    const outcomes = await digits.resolve(globalRecipe({ sparsity: 0.9 }));
    const report = (await repair(outcomes, 'b')) as Repair;
    const divergence = async (of: Outcomes) => (await evaluate(of)).outputs[0]!.klDivergence!;
    expect(await divergence(repairedOutcomes(outcomes, report))).toBeLessThan((await divergence(outcomes)) / 50);
  });

  it('is repaired on a share of the inputs, which its quality is no longer measured on', async () => {
    const calibration = await digits.evaluation.setCalibration(
      { source: { kind: 'share', samples: 256, seed: 1 } },
      context,
    );
    expect(calibration).toMatchObject({
      title: '256 of 599 samples from digits-test.npz',
      samples: 256,
      judged: 343,
      inputs: { samples: 343, labelled: true },
    });
    expect(await digits.evaluation.clearCalibration({}, context)).toMatchObject({ samples: 599 });
    expect(await digits.evaluation.clearCalibration({}, context)).toBeUndefined();
  });

  it('is not repaired on fewer than 32 samples', async () => {
    const source = { kind: 'own', source: own, samples: 31 } as const;
    await expect(digits.evaluation.setCalibration({ source }, context)).rejects.toMatchObject({
      code: 'evaluation-failed',
      message: 'A repair needs at least 32 samples; there are 31 (256 samples from digits-calibration.npz).',
    });
  });

  it('has nothing to repair where nothing was pruned', async () => {
    await calibrate();
    expect(await repair(new Map(), 'c')).toEqual({ refused: 'There is nothing to repair: no layer lost weights.' });
  });

  it('keeps nothing of a repair that was cancelled', async () => {
    await calibrate();
    const outcomes = await digits.resolve(globalRecipe({ sparsity: 0.97 }));
    const controller = new AbortController();
    const as = { signal: controller.signal, progress: () => controller.abort() } as typeof context;
    await expect(repair(outcomes, 'd', as)).rejects.toMatchObject({ code: 'cancelled' });
    const values = new Map([[0, [{ kind: 'values', repair: 'd' }] as const]]);
    const asked = { outcomes: new Map([[0, { rule: 0, program: values.get(0)!, pruned: 0, zeros: 0, exact: true }]]) };
    await expect(digits.engine.weights({ ...asked, tensors: [0] }, context)).rejects.toThrow();
  });
});
