/** Samples as pictures, as the model is fed with them: for a person who wants to see what it gets wrong. */
import { at } from '../lib/known';
import type { Batch } from './inputs/dataset';
import type { SamplePicture } from './protocol';
import { isNumeric, rowsOf, toFloats, type Values } from './values';

/** Larger ones are drawn smaller anyway. */
const mostPixels = 512 * 512;

/** @returns one a sample of the batches, in their order; none where no input is one grey or coloured image a sample */
export function picturesOf(batches: readonly Batch[]): SamplePicture[] {
  return batches.flatMap(({ feeds, samples }) => {
    const images = [...feeds.values()].find((values) => placesOf(values) !== undefined);
    if (!images) return [];
    return Array.from({ length: samples }, (_, i) => pictureOf(rowsOf(images, i, 1))).filter(
      (each) => each !== undefined,
    );
  });
}

interface Places {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Elements from one channel to the next, and from one pixel to the next. */
  readonly channel: number;
  readonly pixel: number;
}

/** samples × channels × height × width, or channels last. */
function placesOf({ dtype, shape }: Values): Places | undefined {
  const [, a, b, c] = shape;
  if (!isNumeric(dtype) || shape.length !== 4 || !a || !b || !c) return undefined;
  const isColour = (size: number) => size === 1 || size === 3;
  const isPicture = (height: number, width: number) => height > 3 && width > 3 && height * width <= mostPixels;
  if (isColour(a) && isPicture(b, c)) return { height: b, width: c, channels: a, channel: b * c, pixel: 1 };
  if (isColour(c) && isPicture(a, b)) return { height: a, width: b, channels: c, channel: 1, pixel: c };
  return undefined;
}

/** From its least value, black, to its greatest, white. @param values of one sample */
function pictureOf(values: Values): SamplePicture | undefined {
  const places = placesOf(values);
  if (!places) return undefined;
  const { width, height, channels, channel, pixel } = places;
  const floats = toFloats(values);
  const least = floats.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const span = floats.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let colour = 0; colour < 3; colour++) {
      const value = at(floats, i * pixel + Math.min(colour, channels - 1) * channel);
      pixels[4 * i + colour] = span > 0 ? (255 * (value - least)) / span : 0;
    }
  }
  return { width, height, pixels };
}
