/** The sample network, pruned until it reads badly, and repaired on 256 images without their labels. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcomes } from '../../../../src/evaluation/protocol';
import { type Repair, repairedOutcomes } from '../../../../src/pruning/repair';
import { context, fileOf, globalRecipe, openDigits, samples } from '../support';

describe('the digits sample', () => {
  let digits: Awaited<ReturnType<typeof openDigits>>;
  beforeAll(async () => {
    digits = await openDigits('inputs');
    const source = { kind: 'arrays', files: [fileOf(join(samples, 'digits-calibration.npz'))] } as const;
    const calibration = await digits.evaluation.setCalibration({ source: { kind: 'own', source } }, context);
    expect(calibration).toEqual({ title: '256 samples from digits-calibration.npz', samples: 256, judged: 599 });
  });
  afterAll(() => digits.close());

  const repair = async (outcomes: Outcomes, id: string) => {
    const request = { outcomes, settings: { damping: 0.01 }, id, of: '' };
    return (await digits.evaluation.repair(request, context)) as Repair;
  };
  const evaluate = (outcomes: Outcomes) => digits.evaluation.evaluate({ outcomes }, context);

  it('reads again what 97 % of its weights gone had made it misread', async () => {
    const outcomes = await digits.resolve(globalRecipe({ sparsity: 0.97 }));
    const t0 = performance.now();
    const report = await repair(outcomes, 'a');
    console.log(performance.now() - t0, JSON.stringify(report, null, 1));
    const pruned = await evaluate(outcomes);
    const repaired = await evaluate(repairedOutcomes(outcomes, report));
    console.log(pruned, repaired);
    expect(pruned.accuracy).toBeCloseTo(0.706, 3);
    expect(repaired.accuracy).toBeGreaterThanOrEqual(0.983);
  });
});
