/** Channels that give a constant whatever goes in: they go, and what reads them has the constant in its bias. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatPlan, parsePlan } from '../../../../src/graph/slim/planFile';
import { slimModel } from '../../../../src/graph/slim/slice';
import { analyse, analyseFile, bytesOf, difference, randomFeeds, someUnits } from '../../../support/slim';
import { constantsIn, planWithConstants, withZeroFilters } from '../../../support/slimConstants';

const golden = (name: string) => resolve(import.meta.dirname, `../../../golden/files/slim/${name}.onnx`);

describe('channels whose filters alone are zero', () => {
  it.each([
    ['mobile', 3],
    ['residual-norms', 1],
    ['transformer', 1],
    ['unet', 1],
  ])('of %s go where their constants go into biases, and nothing changes', async (name, biases) => {
    const analysed = await analyseFile(golden(name));
    const bytes = await withZeroFilters(analysed, someUnits(analysed.units, 0.4, 5));
    const masked = await analyse([{ name: `${name}.onnx`, bytes }]);
    const plan = await planWithConstants(masked, bytes);
    expect(plan.constants?.length ?? 0).toBeGreaterThanOrEqual(biases);
    expect(parsePlan(formatPlan(plan))).toEqual(plan);
    const smaller = await bytesOf(await slimModel(masked.open, plan));
    expect(smaller.length).toBeLessThan(bytes.length);
    expect(await difference(bytes, smaller, randomFeeds(masked, 3, 4))).toBeLessThan(1e-5);
    const zeroed = await bytesOf(await slimModel(masked.open, plan, true));
    expect(await difference(bytes, zeroed, randomFeeds(masked, 4, 4))).toBeLessThan(1e-5);
  });

  it('stay where a border sees less of the constant', async () => {
    const analysed = await analyseFile(golden('residual-folded'));
    const bytes = await withZeroFilters(analysed, analysed.units.units.slice(0, 40));
    const masked = await analyse([{ name: 'folded.onnx', bytes }]);
    const { constants } = await constantsIn(masked, bytes);
    // Padded convolutions read every channel of it: only what is nothing behind its ReLU can go.
    for (const readings of constants.values()) {
      for (const { values, weight } of readings)
        if (weight !== 'fc.weight') expect(values.every((value) => value === 0)).toBe(true);
    }
  });
});
