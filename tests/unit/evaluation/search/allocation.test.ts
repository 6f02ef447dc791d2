import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type DistortionCurve, shiftedTo } from '../../../../src/evaluation/search/allocation';

const curve = (weights: number, ...distortions: readonly number[]): DistortionCurve => ({
  weights,
  points: distortions.map((distortion, i) => ({ sparsity: (i + 1) / (distortions.length + 1), distortion })),
});

const curves = fc.array(
  fc.record({ weights: fc.integer({ min: 1, max: 1e6 }), steps: fc.array(fc.float({ min: 0, max: 10, noNaN: true })) }),
  { minLength: 1, maxLength: 6 },
);

function total(sparsities: readonly number[], weights: readonly number[]): number {
  const all = weights.reduce((sum, own) => sum + own, 0);
  return sparsities.reduce((sum, sparsity, i) => sum + sparsity * weights[i]!, 0) / all;
}

describe('an allocation', () => {
  it('takes from the layer that minds least', () => {
    const [sturdy, delicate] = allocate([curve(100, 0, 0, 0.1), curve(100, 1, 2, 3)], 0.4);
    expect(sturdy).toBeGreaterThan(0.75);
    expect(delicate).toBeLessThan(0.05);
  });

  it('splits evenly between layers that mind alike and ever more', () => {
    const like = curve(100, 1, 3, 9);
    const [a, b] = allocate([like, like], 0.5);
    expect(a! + b!).toBeCloseTo(1, 12);
    expect(Math.abs(a! - b!)).toBeLessThanOrEqual(0.25);
  });

  it('comes to the sparsity asked for, whatever was measured', () => {
    fc.assert(
      fc.property(curves, fc.double({ min: 0, max: 1, noNaN: true }), (layers, sparsity) => {
        const measured = layers.map(({ weights, steps }) => curve(weights, ...steps));
        const sparsities = allocate(measured, sparsity);
        expect(sparsities.every((own) => own >= 0 && own <= 1)).toBe(true);
        expect(
          total(
            sparsities,
            layers.map(({ weights }) => weights),
          ),
        ).toBeCloseTo(sparsity, 9);
      }),
    );
  });

  it('is not misled by a measurement that broke', () => {
    const [broken, sound] = allocate([curve(100, Number.NaN), curve(100, 0.1)], 0.25);
    expect(broken).toBe(0);
    expect(sound).toBeCloseTo(0.5, 12);
  });

  it('can be moved to another sparsity, which changes the fullest layers least', () => {
    const weights = [100, 100];
    const moved = shiftedTo([0.1, 0.9], weights, 0.6);
    expect(total(moved, weights)).toBeCloseTo(0.6, 9);
    expect(moved[0]).toBeGreaterThan(0.1);
    expect(moved[1]).toBeGreaterThan(0.9);
    const [kept, fixed] = shiftedTo([0.2, 0.5], weights, 0.4, 1);
    expect(fixed).toBe(0.5);
    expect(kept).toBeCloseTo(0.3, 9);
    expect(shiftedTo([0, 0.5], weights, 0.3)[0]).toBe(0);
  });
});
