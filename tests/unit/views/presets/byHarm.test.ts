import { expect, it } from 'vitest';
import { presets } from '../../../../src/pruning/presets';
import type { Evaluation } from '../../../../src/state/evaluation';
import { byHarm, type Pictured } from '../../../../src/views/presets/outcomePicture';

function shown(id: string, overall: number, agreement?: number): Pictured {
  const preset = presets.find((each) => each.id === id)!;
  const evaluation = { outputs: [{ top1Agreement: agreement }] } as unknown as Evaluation;
  return {
    preset,
    picture: {
      kind: 'shown',
      sparsities: [],
      overall,
      needsPass: false,
      ...(agreement !== undefined && { evaluation }),
    },
  };
}

function order(...pictures: Pictured[]): string[] {
  return byHarm(pictures, 'top1Agreement').map(({ preset }) => preset.id);
}

it('presets come by how much goes, and those that were evaluated before, by what that does', () => {
  expect(order(shown('uniform-80', 0.8), shown('global-half', 0.5))).toEqual(['global-half', 'uniform-80']);
  expect(order(shown('global-half', 0.5), shown('uniform-80', 0.8, 0.6), shown('erk-80', 0.8, 0.9))).toEqual([
    'erk-80',
    'uniform-80',
    'global-half',
  ]);
  const refused: Pictured = { preset: presets[0]!, picture: { kind: 'refused', why: 'it cannot' } };
  expect(order(refused, shown('lamp-80', 0.8))).toEqual(['lamp-80', refused.preset.id]);
});
