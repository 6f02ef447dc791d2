import fc from 'fast-check';
import { expect, it } from 'vitest';
import { imagePlacement } from '../../../src/lib/imagePlacement';

const wide = { width: 400, height: 200 };
const square = { width: 100, height: 100 };

it('a crop takes the middle in the proportions asked for', () => {
  expect(imagePlacement(wide, square, 'crop')).toEqual({
    from: { left: 100, top: 0, width: 200, height: 200 },
    to: { left: 0, top: 0, width: 100, height: 100 },
    into: square,
  });
});

it('a padded image is whole, in the middle', () => {
  expect(imagePlacement(wide, square, 'pad')).toEqual({
    from: { left: 0, top: 0, width: 400, height: 200 },
    to: { left: 0, top: 25, width: 100, height: 50 },
    into: square,
  });
});

it('an image in a corner is whole, and nothing is behind it', () => {
  expect(imagePlacement(wide, square, 'corner').to).toEqual({ left: 0, top: 0, width: 100, height: 50 });
  expect(imagePlacement({ width: 50, height: 200 }, square, 'corner').to).toMatchObject({ width: 25, height: 100 });
});

it('a line of text is as high as the input, and as wide as it is then, or squeezed into what cannot widen', () => {
  const frame = { width: 320, height: 48 };
  const short = { width: 200, height: 96 };
  const long = { width: 800, height: 24 };
  const of = (image: typeof wide, widens: boolean) => imagePlacement(image, { ...frame, widens }, 'line');
  expect(of(short, true)).toMatchObject({ to: { width: 100, height: 48 }, into: frame });
  expect(of(long, true)).toMatchObject({ to: { width: 1600, height: 48 }, into: { width: 1600, height: 48 } });
  expect(of(long, false)).toMatchObject({ to: { width: 320, height: 48 }, into: frame });
});

it('proportions are kept but where sides are stretched', () => {
  const side = fc.integer({ min: 1, max: 4000 });
  const size = fc.record({ width: side, height: side });
  fc.assert(
    fc.property(size, size, fc.constantFrom('crop', 'pad'), (image, into, resize) => {
      const { from, to } = imagePlacement(image, into, resize as 'crop' | 'pad');
      expect(from.width / from.height).toBeCloseTo(to.width / to.height, 6);
      expect(from.left + from.width).toBeLessThanOrEqual(image.width + 1e-6);
      expect(to.top + to.height).toBeLessThanOrEqual(into.height + 1e-6);
    }),
  );
});
