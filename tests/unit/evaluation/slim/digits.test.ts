/** The sample made smaller, as the page asks for it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SlimReport, SlimRequest } from '../../../../src/evaluation/slim/protocol';
import { withoutUnits } from '../../../../src/pruning/channels';
import { context, openDigits } from '../support';

let studio: Awaited<ReturnType<typeof openDigits>>;

beforeAll(async () => {
  studio = await openDigits('session');
}, 60_000);

async function slim(request: Omit<SlimRequest, 'id' | 'outcomes'>, id = 'one'): Promise<SlimReport> {
  const report = await studio.evaluation.slim({ outcomes: new Map(), id, ...request }, context);
  if ('refused' in report) throw new Error(report.refused);
  return report;
}

describe('the sample', () => {
  it('tells which of its channels go together, by what its inputs make of them, and which stay', async () => {
    const { groups, pinned, score, graph } = await studio.evaluation.channels({}, context);
    expect([score, graph]).toEqual(['energy', 'digits-cnn.onnx']);
    expect(groups.map(({ name, units }) => [name, units.length])).toEqual([
      ['conv1.weight', 32],
      ['conv2.weight', 64],
      ['fc1.weight', 96],
    ]);
    const named = (tensor: number) => studio.tensors[tensor]?.name;
    const [unit] = groups[2]!.units;
    expect(unit!.takes.map(({ tensor, axis, role }) => [named(tensor), axis, role])).toEqual([
      ['fc1.weight', 0, 'produces'],
      ['fc1.bias', 0, 'goes along'],
      ['fc2.weight', 1, 'consumes'],
    ]);
    // One row of 1024 inputs, one column of 10 outputs; a bias.
    expect([unit!.macs, unit!.parameters]).toEqual([1034, 1035]);
    expect(pinned.map(({ tensor, why }) => [named(tensor), why])).toContainEqual([
      'fc2.weight',
      'is an output of the model',
    ]);
  });

  it('costs so many multiplications and parameters, and fewer where zeros are not counted', async () => {
    const macs = 64 * 9 * 32 + 64 * 9 * 32 * 64 + 1024 * 96 + 96 * 10;
    const costs = await studio.evaluation.costs({}, context);
    expect(costs.macs).toBe(macs);
    expect(costs.effective).toBe(macs);
    expect(costs.parameters).toBe(118570);
    const half = await studio.resolve({
      format: 'secateur-recipe',
      version: 1,
      rules: [
        {
          tensors: ['fc1.weight'],
          criterion: 'magnitude',
          granularity: 'weight',
          scope: 'layer',
          amount: { sparsity: 0.5 },
        },
      ],
    });
    const masked = await studio.evaluation.costs({ outcomes: half }, context);
    expect(masked.macs).toBe(macs);
    expect(masked.effective).toBe(macs - (1024 * 96) / 2);
  });

  it('has half of its multiplications left, and nearly all of its accuracy', async () => {
    const report = await slim({ goal: { kind: 'target', measure: 'macs', share: 0.5 } });
    const { before, after, quality, widths, difference } = report;
    expect(after.macs).toBeLessThanOrEqual(before.macs / 2);
    expect(after.macs).toBeGreaterThan(before.macs * 0.4);
    expect(after.bytes).toBeLessThan(before.bytes);
    expect(difference).toBeLessThan(1e-5);
    expect(quality!.after.accuracy).toBeGreaterThan(quality!.before.accuracy! - 0.05);
    expect(widths.map(({ name, after: width }) => [name, width % 4])).toEqual([
      ['conv1.weight', 0],
      ['conv2.weight', 0],
      ['fc1.weight', 0],
      ['fc2.weight', 2],
    ]);
    const model = await studio.evaluation.slimModel({ id: 'one' }, context);
    expect(model.size).toBe(after.bytes);
    await expect(studio.evaluation.slimModel({ id: 'another' }, context)).rejects.toThrow('not kept any more');
    const again = await slim({ goal: { kind: 'plan', plan: report.plan } }, 'again');
    expect(again.slots).toEqual([...report.slots].sort((a, b) => a - b));
    expect(again.after).toEqual(after);
  });

  it('loses what masks made dead already, and computes the same', async () => {
    const channels = await studio.evaluation.channels({}, context);
    const slots = channels.groups.flatMap(({ units }) => units.filter((_, i) => i % 3 === 0).map(({ slot }) => slot));
    const outcomes = withoutUnits(new Map(), channels, slots);
    const report = await studio.evaluation.slim({ outcomes, goal: { kind: 'dead' }, id: 'dead' }, context);
    if ('refused' in report) throw new Error(report.refused);
    expect(report.slots).toEqual(slots);
    expect([report.units, report.dead]).toEqual([slots.length, slots.length]);
    expect(report.quality!.after.accuracy).toBe(report.quality!.masked!.accuracy);
    const none = await studio.evaluation.slim({ outcomes: new Map(), goal: { kind: 'dead' }, id: 'none' }, context);
    expect(none).toEqual({ refused: expect.stringContaining('No channel is dead') });
  });

  it('says what remains at least where a target is out of reach', async () => {
    const goal = { kind: 'target', measure: 'parameters', share: 0.001 } as const;
    const refused = await studio.evaluation.slim({ outcomes: new Map(), goal, id: 'little' }, context);
    expect(refused).toEqual({ refused: expect.stringMatching(/^At least \d+ % of the parameters remain/) });
  });

  it('is as good as before at a quarter of its multiplications, once what reads the removed channels is fitted anew', async () => {
    await studio.evaluation.setCalibration({ source: { kind: 'share', samples: 256, seed: 1 } }, context);
    const goal = { kind: 'target', measure: 'macs', share: 0.25 } as const;
    const plain = await slim({ goal });
    const repaired = await slim({ goal, repair: { damping: 0.01 } });
    expect(repaired.slots).toEqual(plain.slots);
    expect(repaired.repaired!.tensors.map(({ name }) => name)).toContain('fc2.weight');
    expect(repaired.difference).toBeLessThan(1e-5);
    expect(plain.quality!.after.accuracy).toBeLessThan(0.97);
    expect(repaired.quality!.after.accuracy).toBeGreaterThan(0.98);
  });
});
