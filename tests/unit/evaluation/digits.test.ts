import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/evaluation/protocol';
import { context, globalRecipe, openDigits } from './support';

const deliveries: readonly Delivery[] = ['inputs', 'session'];

describe.each(deliveries)('the digits sample, its weights given as %s', (delivery) => {
  let digits: Awaited<ReturnType<typeof openDigits>>;
  beforeAll(async () => {
    digits = await openDigits(delivery);
  });
  afterAll(() => digits.close());

  const evaluate = async (sparsity: number) =>
    digits.evaluation.evaluate({ outcomes: await digits.resolve(globalRecipe({ sparsity })) }, context);

  it('reads as many of the test images as it is known to', () => {
    expect(digits.inputs).toMatchObject({ samples: 599, labelled: true });
    expect(digits.inputs.baseline.delivery).toBe(delivery);
    expect(digits.inputs.baseline.accuracy).toBeCloseTo(0.9967, 4);
    expect(digits.inputs.baseline.top5).toBe(1);
  });

  it('does not drift while nothing is pruned', async () => {
    const [scores] = (await evaluate(0)).outputs;
    expect(scores).toMatchObject({ name: 'scores', relativeL2: 0, maxAbsolute: 0 });
    expect(scores!.cosine).toBeCloseTo(1, 12);
    expect(scores).toMatchObject({ classes: 10, top1Agreement: 1, klDivergence: 0 });
  });

  it('keeps its accuracy at half sparsity, loses little at 90 % and all at 99 %', async () => {
    const half = await evaluate(0.5);
    expect(half.accuracy).toBeGreaterThan(0.99);
    const most = await evaluate(0.9);
    expect(most.accuracy).toBeGreaterThan(0.98);
    expect(most.outputs[0]!.relativeL2).toBeGreaterThan(half.outputs[0]!.relativeL2!);
    expect((await evaluate(0.99)).accuracy).toBeLessThan(0.5);
  });

  it('is the original again after everything was put back', async () => {
    await evaluate(0.95);
    const back = await digits.evaluation.evaluate({ outcomes: new Map() }, context);
    expect(back.outputs[0]).toMatchObject({ relativeL2: 0 });
    expect(back.accuracy).toEqual(digits.inputs.baseline.accuracy);
  });
});
