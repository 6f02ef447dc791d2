/** Images as inputs: resized, cropped, laid out and normalised as the model was trained with. */
import { CheckpointError } from '../../lib/errors';
import type { GraphValue, ImagePreprocessing } from '../protocol';
import { fromNumbers } from '../values';
import { batchesOf, type Dataset, sizesOf } from './dataset';

/** Four bytes a pixel, row by row: red, green, blue, alpha. */
export type Pixels = Uint8ClampedArray | Uint8Array;

/** Decodes an image and scales it to `width` × `height`, cutting off what `crop` cuts off. */
export type DecodeImage = (
  file: Blob,
  width: number,
  height: number,
  resize: ImagePreprocessing['resize'],
) => Promise<Pixels>;

/** Of torchvision's pretrained models, per channel of RGB in 0..1. */
const imagenet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
const half = [0.5, 0.5, 0.5];
const centred = { mean: half, deviation: half };
/** Rec. 601, as Pillow's `convert('L')`. */
const luma = [0.299, 0.587, 0.114];

/** All images are kept as the model's input: more would not fit beside the model. */
const maxInputBytes = 512 * 2 ** 20;

export interface ImageFiles {
  readonly files: readonly File[];
  readonly folders?: readonly string[];
  readonly preprocessing: ImagePreprocessing;
}

/** @throws CheckpointError `evaluation-failed` for models that take no images, and files that are none */
export async function imageInputs(
  inputs: readonly GraphValue[],
  { files, folders, preprocessing }: ImageFiles,
  decode: DecodeImage,
  progress: (done: number, total: number) => void,
): Promise<Dataset> {
  const [input] = inputs;
  if (inputs.length !== 1 || !input || input.shape?.length !== 4 || input.dtype !== 'F32') {
    const shape = input?.shape ? `, and ${input.name} has the shape ${sizesOf(input.shape)}` : '';
    throw new CheckpointError(
      'evaluation-failed',
      `Images are given to models with one f32 input of four axes; this one has ${inputs.length}${shape}.`,
      { advice: 'Give the inputs as .npz.' },
    );
  }
  const { width, height, channels } = imageSize(input, preprocessing);
  const imageElements = width * height * channels;
  const remarks: string[] = [];
  const count = Math.max(1, Math.min(files.length, Math.floor(maxInputBytes / (imageElements * 4))));
  if (count < files.length) remarks.push(`The first ${count} of ${files.length} images are used: more do not fit.`);
  const all = new Float32Array(count * imageElements);
  for (let i = 0; i < count; i++) {
    const file = files[i]!;
    let pixels: Pixels;
    try {
      pixels = await decode(file, width, height, preprocessing.resize);
    } catch (cause) {
      throw new CheckpointError(
        'evaluation-failed',
        `${file.name} is no image that this browser can read.`,
        { file: file.name },
        { cause },
      );
    }
    all.set(toChannels(pixels, channels, preprocessing), i * imageElements);
    progress(i + 1, count);
  }
  const sizes = preprocessing.layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
  const classes = classesOf(files.slice(0, count), folders);
  const arrays = new Map([[input.name, fromNumbers('F32', [count, ...sizes], all)]]);
  const { samples, batches } = batchesOf(inputs, arrays, classes?.labels);
  return {
    title: `${samples} ${samples === 1 ? 'image' : 'images'}`,
    samples,
    batches,
    labelled: classes !== undefined,
    ...(classes && { classNames: classes.names }),
    remarks,
  };
}

function imageSize(input: GraphValue, { layout, size, channels: wanted }: ImagePreprocessing) {
  const [, a, b, c] = input.shape!;
  const [channels, height, width] = layout === 'NCHW' ? [a, b, c] : [c, a, b];
  const count = typeof channels === 'number' ? channels : wanted === 'grey' ? 1 : 3;
  if (count !== 1 && count !== 3) {
    throw new CheckpointError(
      'evaluation-failed',
      `The model's input ${input.name} (${sizesOf(input.shape!)}) has ${count} channels as ${layout}, but images have 1 or 3.`,
      { advice: `Try the layout ${layout === 'NCHW' ? 'NHWC' : 'NCHW'}.` },
    );
  }
  const [openHeight, openWidth] = size ?? [];
  const sides = {
    height: typeof height === 'number' ? height : openHeight,
    width: typeof width === 'number' ? width : openWidth,
  };
  if (sides.height === undefined || sides.width === undefined) {
    throw new CheckpointError('evaluation-failed', `The model takes images of any size: say which one to scale to.`);
  }
  return { height: sides.height, width: sides.width, channels: count };
}

/** One image's numbers in the model's layout. */
export function toChannels(pixels: Pixels, channels: number, preprocessing: ImagePreprocessing): Float32Array {
  const { layout, channels: order } = preprocessing;
  const area = pixels.length / 4;
  const numbers = new Float32Array(area * channels);
  for (let at = 0; at < area; at++) {
    const rgb = [pixels[at * 4]!, pixels[at * 4 + 1]!, pixels[at * 4 + 2]!];
    for (let channel = 0; channel < channels; channel++) {
      const source = order === 'BGR' ? channels - 1 - channel : channel;
      const value = channels === 1 ? rgb[0]! * luma[0]! + rgb[1]! * luma[1]! + rgb[2]! * luma[2]! : rgb[source]!;
      const to = layout === 'NCHW' ? channel * area + at : at * channels + channel;
      numbers[to] = normalised(value, source, channels, preprocessing);
    }
  }
  return numbers;
}

function normalised(
  value: number,
  channel: number,
  channels: number,
  { normalisation, constants }: ImagePreprocessing,
): number {
  if (normalisation === 'none') return value;
  if (normalisation === 'unit') return value / 255;
  const { mean, deviation } = normalisation === 'own' ? (constants ?? centred) : { imagenet, centred }[normalisation];
  const of = (each: readonly number[]) =>
    channels === 1 ? each.reduce((sum, one) => sum + one, 0) / each.length : each[channel]!;
  return (value / 255 - of(mean)) / of(deviation);
}

/**
 * The class of an image is its folder: the folder's own number where all are numbers, else its place in the alphabet,
 * as torchvision's ImageFolder has it. Undefined where all images lie together.
 */
export function classesOf(
  files: readonly File[],
  folders: readonly string[] | undefined,
): { labels: Int32Array; names: readonly string[] } | undefined {
  const own = files.map((file, i) => folders?.[i] ?? file.webkitRelativePath?.split('/').at(-2) ?? '');
  const names = [...new Set(own)].sort();
  if (names.length < 2) return undefined;
  const numbered = names.every((name) => /^\d{1,6}$/.test(name));
  const byName = new Map(names.map((name, i) => [name, numbered ? Number(name) : i]));
  return { labels: Int32Array.from(own, (name) => byName.get(name)!), names };
}
