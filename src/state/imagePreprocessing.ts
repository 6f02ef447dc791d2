/** How images become the input of a graph, until a person says otherwise. */
import { startingSide } from '../evaluation/inputs/axes';
import { layoutOf, sidesOf } from '../evaluation/inputs/imageSides';
import { constantsFor } from '../evaluation/inputs/normalisation';
import type { Frame } from '../lib/imagePlacement';
import type { GraphValue, ImagePreprocessing } from './evaluation';

/** The graph's image: four dimensions, floating point. */
export function imageInput(inputs: readonly GraphValue[]): GraphValue | undefined {
  return inputs.find(({ shape }) => shape?.length === 4);
}

/** Layout and channels as the graph has them; the usual way where it does not say. */
export function initialPreprocessing(inputs: readonly GraphValue[]): ImagePreprocessing {
  const input = imageInput(inputs);
  const layout = input ? layoutOf(input) : 'NCHW';
  const isGrey = input !== undefined && sidesOf(input, layout).channels === 1;
  return {
    resize: 'crop',
    layout,
    channels: isGrey ? 'grey' : 'RGB',
    normalisation: isGrey ? 'unit' : 'imagenet',
    ...(hasOpenSize(inputs, layout) && { size: startingSize(input, layout) }),
  };
}

function startingSize(input: GraphValue | undefined, layout: ImagePreprocessing['layout']): readonly [number, number] {
  if (!input) return [224, 224];
  const { axes } = sidesOf(input, layout);
  return [startingSide(input, axes.height, 'height'), startingSide(input, axes.width, 'width')];
}

export type OwnConstants = NonNullable<ImagePreprocessing['constants']>;

/** Where a person starts from. */
export const usualConstants: OwnConstants = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/** `0.5` or `0.485, 0.456, 0.406`; undefined for anything else, and for deviations of nothing. */
export function constantsOf(name: keyof OwnConstants, text: string): readonly number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  if (numbers.some((each) => !Number.isFinite(each) || (name === 'deviation' && each <= 0))) return undefined;
  const [first] = numbers;
  if (numbers.length === 1 && first !== undefined) return [first, first, first];
  return numbers.length === 3 ? numbers : undefined;
}

/** What images are drawn into; undefined where neither the graph nor a person says it. */
export function frameFor(inputs: readonly GraphValue[], { layout, size }: ImagePreprocessing): Frame | undefined {
  const input = imageInput(inputs);
  const sides = input && sidesOf(input, layout);
  const [height, width] = [sides?.height, sides?.width].map((side, i) => (typeof side === 'number' ? side : size?.[i]));
  if (height === undefined || width === undefined) return undefined;
  return { width, height, widens: typeof sides?.width !== 'number' };
}

/** Height and width as far as the graph fixes them, and channels. */
export function fixedSides(inputs: readonly GraphValue[], layout: ImagePreprocessing['layout']) {
  const input = imageInput(inputs);
  const { height, width, channels } = input ? sidesOf(input, layout) : {};
  const fixed = (size: unknown) => (typeof size === 'number' ? size : undefined);
  return { height: fixed(height), width: fixed(width), channels: fixed(channels) };
}

/** Whether height or width is left to whoever runs the model. */
export function hasOpenSize(inputs: readonly GraphValue[], layout: ImagePreprocessing['layout']): boolean {
  const { height, width } = fixedSides(inputs, layout);
  return height === undefined || width === undefined;
}

/** The colour that becomes 0: what is behind images that do not fill the model's input. */
export function colourOfZero(preprocessing: ImagePreprocessing): string {
  const { mean } = constantsFor(preprocessing) ?? { mean: [0, 0, 0] };
  return `rgb(${mean.map((each) => Math.round(Math.min(1, Math.max(0, each)) * 255)).join(' ')})`;
}
