/** How images become the input of a graph, until a person says otherwise. */
import type { GraphValue, ImagePreprocessing } from './evaluation';

/** The graph's image: four dimensions, floating point. */
export function imageInput(inputs: readonly GraphValue[]): GraphValue | undefined {
  return inputs.find(({ shape }) => shape?.length === 4);
}

const isFewChannels = (size: unknown) => size === 1 || size === 3;

/** Layout and channels as the graph's shape has them; the usual way where it does not say. */
export function initialPreprocessing(inputs: readonly GraphValue[]): ImagePreprocessing {
  const shape = imageInput(inputs)?.shape;
  const isLast = shape !== undefined && isFewChannels(shape[3]) && !isFewChannels(shape[1]);
  const channels = isLast ? shape[3] : shape?.[1];
  const isGrey = channels === 1;
  return {
    resize: 'crop',
    layout: isLast ? 'NHWC' : 'NCHW',
    channels: isGrey ? 'grey' : 'RGB',
    normalisation: isGrey ? 'unit' : 'imagenet',
    ...(hasOpenSize(inputs) ? { size: [224, 224] as const } : {}),
  };
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

/** What images are scaled to; undefined where neither the graph nor a person says it. */
export function imageSizeFor(
  inputs: readonly GraphValue[],
  { layout, size }: ImagePreprocessing,
): { readonly width: number; readonly height: number } | undefined {
  const shape = imageInput(inputs)?.shape ?? [];
  const [height, width] = (layout === 'NCHW' ? shape.slice(2, 4) : shape.slice(1, 3)).map((side, i) =>
    typeof side === 'number' ? side : size?.[i],
  );
  return height === undefined || width === undefined ? undefined : { width, height };
}

/** Whether height or width is left to whoever runs the model. */
export function hasOpenSize(inputs: readonly GraphValue[]): boolean {
  const shape = imageInput(inputs)?.shape;
  if (!shape) return true;
  const isLast = isFewChannels(shape[3]) && !isFewChannels(shape[1]);
  const sides = isLast ? shape.slice(1, 3) : shape.slice(2, 4);
  return sides.some((side) => typeof side !== 'number');
}
