import { describe, expect, it } from 'vitest';
import { edgesOf, keptShares, type PictureSide } from '../../../src/kernels/picture';
import { prunableDtypes } from '../../../src/tensors/dtype';
import { type Draw, forEachPart, keptCases, pictureCases } from '../../support/pictureCases';
import { bytesOf, unaligned, wasm } from './support';

const draw: Draw = async (drawing) => {
  const { dtype, plan, mask } = drawing;
  const picture = wasm.maskPreview(dtype, plan, mask);
  forEachPart(drawing, (part, place, kept) => picture.add(unaligned(part), place, kept && unaligned(kept)));
  return picture.finish();
};

describe('WASM', () => {
  it.each([...pictureCases, ...keptCases].map((one) => [one.name, one] as const))('%s', (_, one) =>
    one.run(draw, prunableDtypes),
  );

  it('draws the next picture where the last one was, with nothing left of it', () => {
    const side = (size: number, stride: number): PictureSide => ({
      axes: [{ size, stride }],
      start: 0,
      end: size,
      cells: size,
    });
    const drawn = [1, 2, 0].map((most) => {
      const picture = wasm.maskPreview('F32', { rows: side(2, 1), columns: side(1, 2) }, undefined);
      picture.add(bytesOf('F32', [most, 0]), 0, Uint8Array.of(1, 0));
      return picture.finish();
    });
    expect(drawn.map(({ magnitudes }) => [...magnitudes])).toEqual([
      [1, 0],
      [2, 0],
      [0, 0],
    ]);
    expect(drawn.map(({ removed }) => [...removed])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('a side of a picture', () => {
  it('is cut into cells as even as whole lines allow', () => {
    expect([...edgesOf({ axes: [{ size: 20, stride: 1 }], start: 5, end: 15, cells: 4 })]).toEqual([5, 8, 10, 13, 15]);
  });

  it('tells how many elements a cell has, and so what share of them stays', () => {
    const plan = {
      rows: { axes: [{ size: 3, stride: 3 }], start: 0, end: 3, cells: 2 },
      columns: { axes: [{ size: 3, stride: 1 }], start: 0, end: 3, cells: 1 },
    };
    expect([...keptShares(plan, Uint32Array.of(3, 3))]).toEqual([0.5, 0]);
  });
});
