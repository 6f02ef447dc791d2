/** Plans: what they round, what they say, and what is refused. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRounding, noRounding, planOf, rounded } from '../../../../src/graph/slim/plan';
import { assertFits, formatPlan, parsePlan } from '../../../../src/graph/slim/planFile';
import { slimModel } from '../../../../src/graph/slim/slice';
import { analyseFile, bytesOf, slimmed, someUnits } from '../../../support/slim';

const sample = resolve(import.meta.dirname, '../../../../public/samples/digits-cnn.onnx');
const golden = (name: string) => resolve(import.meta.dirname, `../../../golden/files/slim/${name}.onnx`);

describe('a plan', () => {
  it('keeps multiples of eight of wide layers, and never less than four channels', async () => {
    const { walk, units } = await analyseFile(sample);
    for (const share of [0.05, 0.3, 0.6, 1]) {
      const gone = rounded(walk, units.units, someUnits(units, share, 1), defaultRounding);
      for (const { axes } of planOf(walk, gone).tensors) for (const { kept } of axes) expect(kept.length % 4).toBe(0);
    }
    const all = planOf(walk, rounded(walk, units.units, units.units, defaultRounding));
    expect(all.tensors.find(({ name }) => name === 'fc2.weight')!.axes[0]!.kept).toHaveLength(8);
  });

  it('never empties a layer, and restores what was chosen last', async () => {
    const { walk, units } = await analyseFile(sample);
    const gone = rounded(walk, units.units, units.units, noRounding);
    const groups = new Set(units.units.map(({ group }) => group));
    expect(gone).toHaveLength(units.units.length - groups.size);
    const left = units.units.filter((unit) => !gone.includes(unit));
    expect(left.map(({ group }) => group).sort()).toEqual([...groups].sort());
    for (const unit of left) expect(units.units.findLast(({ group }) => group === unit.group)).toBe(unit);
  });

  it('is the same text whenever it is made, and reads back as it was', async () => {
    const texts = [];
    for (let i = 0; i < 2; i++) {
      const analysed = await analyseFile(golden('shuffle'));
      const { plan } = await slimmed(analysed, someUnits(analysed.units, 0.5, 3), noRounding);
      expect(plan.adjustments).not.toEqual([]);
      expect(parsePlan(formatPlan(plan))).toEqual(plan);
      texts.push(formatPlan(plan));
    }
    expect(texts[0]).toBe(texts[1]);
  });

  it('is replayed on another checkpoint of the graph, and refused for another graph', async () => {
    const analysed = await analyseFile(golden('residual-norms'));
    const { plan, smaller } = await slimmed(analysed, someUnits(analysed.units, 0.5, 3), noRounding);
    const again = await bytesOf(await slimModel(analysed.open, parsePlan(formatPlan(plan))));
    expect(again).toEqual(smaller);
    const other = await analyseFile(golden('residual-folded'));
    expect(() => assertFits(plan, other.open.model.main)).toThrow('The plan is for another graph');
    await expect(slimModel(other.open, plan)).rejects.toMatchObject({ code: 'invalid-recipe' });
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    [
      'a field that is not known',
      '{"format":"secateur-slim-plan","version":1,"kept":[]}',
      'field kept, which is not known',
    ],
    ['another version', '{"format":"secateur-slim-plan","version":2}', 'version should be 1'],
    ['indices that do not ascend', planWith({ axis: 0, kept: [1, 1] }), 'tensors[0].axes[0].kept should be'],
    ['indices beyond the axis', planWith({ axis: 0, kept: [4] }), 'tensors[0].axes[0].kept should be'],
    ['an axis that the tensor has not', planWith({ axis: 2, kept: [0] }), 'tensors[0].axes[0].axis should be'],
    ['no index at all', planWith({ axis: 0, kept: [] }), 'tensors[0].axes[0].kept should be'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parsePlan(text)).toThrow(message);
  });
});

function planWith(axis: unknown): string {
  const tensor = { name: 'w', shape: [4, 2], uses: [], axes: [axis] };
  const head = { format: 'secateur-slim-plan', version: 1, nodes: 1 };
  return JSON.stringify({ ...head, tensors: [tensor], adjustments: [], reshaped: [] });
}
