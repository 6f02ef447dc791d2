import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPortions } from '../../../../src/engine/pool/planPortions';
import { layersOf, type Unit, unitsOf } from '../../../../src/engine/reading/units';
import { type PrunableDtype, prunableDtypes } from '../../../../src/tensors/dtype';
import { bytesOf } from '../../kernels/support';
import { checkpointOf, type Stored } from '../sessions';

interface Wanted {
  readonly dtype?: PrunableDtype;
  readonly elements: number;
  readonly apart?: number;
  readonly places?: number;
}

function unitsFor(...wanted: Wanted[]): Unit[] {
  const stored = wanted.map(({ elements, dtype = 'F32', ...how }, i): Stored => {
    const bytes = bytesOf(dtype, new Array<number>(elements).fill(1));
    return { name: `${i}.weight`, dtype, shape: [elements, 1], bytes, ...how };
  });
  const { checkpoint } = checkpointOf(stored);
  return unitsOf(checkpoint, layersOf(checkpoint));
}

describe('planPortions', () => {
  it('cuts a large dense tensor into equal runs at element boundaries', () => {
    const [unit] = unitsFor({ elements: 50 });
    const portions = planPortions([unit!], 72);
    expect(portions.map(({ byteLength }) => byteLength)).toEqual([72, 72, 56]);
    const { start } = unit!.pieces[0]!;
    expect(
      portions.flatMap(({ units }) => units[0]!.pieces.map((piece) => [piece.start - start, piece.end - start])),
    ).toEqual([
      [0, 72],
      [72, 144],
      [144, 200],
    ]);
    for (const { units } of portions) expect(units[0]!.pieces[0]!.unit).toBe(units[0]);
  });

  it('leaves tensors with gaps, and those in several places, whole', () => {
    const units = unitsFor({ elements: 50, apart: 2 }, { elements: 50, places: 3 });
    expect(planPortions(units, 64).map(({ units: [unit] }) => unit)).toEqual(units);
  });

  it('puts small tensors together, in file order', () => {
    const units = unitsFor({ elements: 4 }, { elements: 4 }, { elements: 4 }, { elements: 40 }, { elements: 1 });
    const portions = planPortions([...units].reverse(), 32);
    expect(portions.map(({ units: some }) => some.map(({ name }) => name))).toEqual([
      ['0.weight', '1.weight'],
      ['2.weight'],
      ...new Array(5).fill(['3.weight']),
      ['4.weight'],
    ]);
  });

  it('covers every byte once, in order, in portions no larger than asked', () => {
    const wanted = fc.record({ dtype: fc.constantFrom(...prunableDtypes), elements: fc.integer({ min: 1, max: 300 }) });
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (all, eights) => {
        const units = unitsFor(...all);
        const portions = planPortions(units, eights * 8);
        const runs = portions.flatMap(({ units: some }) => some.flatMap(({ pieces }) => pieces));
        const joined: { name: string; start: number; end: number }[] = [];
        for (const { unit, start, end } of runs) {
          const last = joined.at(-1);
          if (last?.name === unit.name && last.end === start) last.end = end;
          else joined.push({ name: unit.name, start, end });
        }
        expect(joined).toEqual(
          units.map(({ name, pieces: [piece] }) => ({ name, start: piece!.start, end: piece!.end })),
        );
        for (const { units: some, byteLength } of portions) {
          expect(byteLength).toBeLessThanOrEqual(eights * 8);
          expect(byteLength).toBe(some.reduce((sum, unit) => sum + unit.byteLength, 0));
        }
      }),
    );
  });
});
