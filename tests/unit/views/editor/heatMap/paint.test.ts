import { describe, expect, it } from 'vitest';
import { type Palette, rgbOf, scaleOf } from '../../../../../src/views/charts/heatMap/colours';
import { maskColours, paint, pixelOf, weightColours } from '../../../../../src/views/charts/heatMap/paint';
import { robustMaximum } from '../../../../../src/views/charts/heatMap/robustMaximum';

const palette: Palette = {
  scale: scaleOf([rgbOf('#fff'), rgbOf('#0000ff'), rgbOf('#000')]),
  pruned: [255, 230, 200],
  stripe: [220, 110, 20],
  empty: [1, 2, 3],
};

function preview(magnitudes: number[], kept: number[]) {
  const size = { rows: 1, columns: kept.length, height: 1, width: kept.length, bytesForNext: 0 };
  return { ...size, magnitudes: Float32Array.from(magnitudes), kept: Float32Array.from(kept) };
}

describe('colours', () => {
  it('are read as a style sheet has them, minified or not', () => {
    expect(rgbOf(' #2563c9')).toEqual([0x25, 0x63, 0xc9]);
    expect(rgbOf('#f0a')).toEqual([255, 0, 170]);
  });

  it('go from the first to the last', () => {
    expect([palette.scale[0], palette.scale.at(-1)]).toEqual([
      [255, 255, 255],
      [0, 0, 0],
    ]);
  });

  it('of weights end at the strongest', () => {
    expect([...weightColours(preview([0, 1, 5], [1, 1, 1]), 1, palette).kept]).toEqual([
      0xffffffff, 0xff000000, 0xff000000,
    ]);
  });

  it('of weights are the palest where all are zero', () => {
    expect([...weightColours(preview([0], [1]), 0, palette).kept]).toEqual([0xffffffff]);
  });

  it('of the mask are never the palest: what is kept is told from the ground', () => {
    const { kept } = maskColours(preview([0, 1], [1, 1]), 1, palette);
    expect(kept[0]).not.toBe(0xffffffff);
    expect(kept[1]).toBe(0xff000000);
  });
});

describe('pixels', () => {
  const [empty, pruned, stripe] = [palette.empty, palette.pruned, palette.stripe].map(pixelOf);

  it('have the colour of the cell under them, or of the ground where there is none', () => {
    const target = new Uint32Array(6);
    paint(target, { kept: Uint32Array.of(10, 11) }, Int32Array.of(0, -1), Int32Array.of(0, 1, 1), 2, palette, 3);
    expect([...target]).toEqual([10, 11, 11, empty, empty, empty]);
  });

  it.each([
    [1, [7, 7, 7, 7, 7]],
    [0.8, [stripe, 7, 7, 7, 7]],
    [0.2, [stripe, stripe, pruned, pruned, 7]],
    [0, [stripe, stripe, pruned, pruned, pruned]],
  ])('are striped as far as weights go, with %s kept', (share, expected) => {
    const target = new Uint32Array(5);
    const colours = { kept: Uint32Array.of(7), shares: Float32Array.of(share) };
    paint(target, colours, Int32Array.of(0), new Int32Array(5), 1, palette, 5);
    expect([...target]).toEqual(expected);
  });
});

describe('the strongest magnitude', () => {
  it('leaves the largest half percent out', () => {
    const magnitudes = Float32Array.from({ length: 1000 }, (_, i) => 1000 - i);
    expect(robustMaximum(magnitudes)).toBe(995);
    expect(magnitudes[0]).toBe(1000);
  });

  it('is told from a sample of many', () => {
    const magnitudes = Float32Array.from({ length: 400_000 }, (_, i) => ((i * 7919) % 1000) / 1000);
    expect(robustMaximum(magnitudes)).toBeCloseTo(0.995, 2);
  });

  it.each([
    ['one magnitude', [3], 3],
    ['nearly nothing but zeros', [...Array<number>(999).fill(0), 7], 7],
    ['zeros', [0, 0], 0],
    ['nothing', [], 0],
  ])('of %s', (_, magnitudes, expected) => {
    expect(robustMaximum(Float32Array.from(magnitudes))).toBe(expected);
  });
});
