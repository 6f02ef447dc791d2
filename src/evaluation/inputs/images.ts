/** Images as inputs: resized, cropped, laid out and normalised as the model was trained with. */
import { CheckpointError } from '../../lib/errors';
import { imagePlacement, type Placement, type Size } from '../../lib/imagePlacement';
import type { GraphValue, ImagePreprocessing } from '../protocol';
import { fromNumbers } from '../values';
import { shapeInWords } from './axes';
import { Batcher, type Dataset } from './dataset';
import { sidesOf } from './imageSides';
import { constantsFor } from './normalisation';

/** Four bytes a pixel, row by row: red, green, blue, alpha. */
export type Pixels = Uint8ClampedArray | Uint8Array;

/** Decodes an image and draws it where it is placed. */
export type DecodeImage = (file: Blob, place: (image: Size) => Placement) => Promise<Decoded>;

export interface Decoded {
  readonly pixels: Pixels;
  readonly placement: Placement;
}

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
    const shape = input?.shape ? `, and ${input.name} takes ${shapeInWords(input)}` : '';
    throw new CheckpointError(
      'evaluation-failed',
      `Images are given to models with one f32 input of four axes; this one has ${inputs.length}${shape}.`,
      { advice: 'Give the inputs as .npz.' },
    );
  }
  const { channels, ...frame } = frameFor(input, preprocessing);
  const place = (image: Size) => imagePlacement(image, frame, preprocessing.resize);
  const batcher = new Batcher(inputs);
  const classes = classesOf(files, folders);
  let bytes = 0;
  let count = 0;
  for (const file of files) {
    const { pixels, placement } = await decoded(file, place, decode);
    const numbers = toChannels(pixels, channels, preprocessing, placement);
    bytes += numbers.byteLength;
    if (count > 0 && bytes > maxInputBytes) break;
    const { width, height } = placement.into;
    const sizes = preprocessing.layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
    const arrays = new Map([[input.name, fromNumbers('F32', [1, ...sizes], numbers)]]);
    batcher.add(arrays, classes?.labels.subarray(count, count + 1));
    progress(++count, files.length);
  }
  const { samples, batches } = batcher.finish();
  const tooMany = `The first ${count} of ${files.length} images are used: more do not fit.`;
  return {
    title: `${samples} ${samples === 1 ? 'image' : 'images'}`,
    samples,
    batches,
    labelled: classes !== undefined,
    ...(classes && { classNames: classes.names }),
    remarks: count < files.length ? [tooMany] : [],
  };
}

async function decoded(file: File, place: (image: Size) => Placement, decode: DecodeImage): Promise<Decoded> {
  try {
    return await decode(file, place);
  } catch (cause) {
    throw new CheckpointError(
      'evaluation-failed',
      `${file.name} is no image that this browser can read.`,
      { file: file.name },
      { cause },
    );
  }
}

/** What images are drawn into, and how many channels of them the model takes. */
function frameFor(input: GraphValue, { layout, size, channels: wanted }: ImagePreprocessing) {
  const { channels, height, width } = sidesOf(input, layout);
  const count = typeof channels === 'number' ? channels : wanted === 'grey' ? 1 : 3;
  if (count !== 1 && count !== 3) {
    throw new CheckpointError(
      'evaluation-failed',
      `The model's input ${input.name} (${shapeInWords(input)}) has ${count} channels as ${layout}, but images have 1 or 3.`,
      { advice: `Try the layout ${layout === 'NCHW' ? 'NHWC' : 'NCHW'}.` },
    );
  }
  const sides = {
    height: typeof height === 'number' ? height : size?.[0],
    width: typeof width === 'number' ? width : size?.[1],
  };
  if (sides.height === undefined || sides.width === undefined) {
    throw new CheckpointError('evaluation-failed', `The model takes images of any size: say which one to scale to.`);
  }
  return { height: sides.height, width: sides.width, widens: typeof width !== 'number', channels: count };
}

/**
 * One image's numbers in the model's layout.
 * @param placement absent: the image is all of it. Behind one that ends before (`corner`, `line`) is nothing: 0, whatever the
 *   values are normalised to
 */
export function toChannels(
  pixels: Pixels,
  channels: number,
  preprocessing: ImagePreprocessing,
  placement?: Placement,
): Float32Array {
  const { layout, channels: order, resize } = preprocessing;
  const area = pixels.length / 4;
  const numbers = new Float32Array(area * channels);
  const isGrey = channels === 1 || order === 'grey';
  const ends = placement && (resize === 'corner' || resize === 'line') ? placement : undefined;
  for (let at = 0; at < area; at++) {
    if (ends && isBehind(at, ends)) continue;
    const rgb = [pixels[at * 4]!, pixels[at * 4 + 1]!, pixels[at * 4 + 2]!];
    const grey = isGrey ? rgb[0]! * luma[0]! + rgb[1]! * luma[1]! + rgb[2]! * luma[2]! : 0;
    for (let channel = 0; channel < channels; channel++) {
      const source = order === 'BGR' ? channels - 1 - channel : channel;
      const to = layout === 'NCHW' ? channel * area + at : at * channels + channel;
      numbers[to] = normalised(isGrey ? grey : rgb[source]!, source, channels, preprocessing);
    }
  }
  return numbers;
}

function isBehind(pixel: number, { to, into }: Placement): boolean {
  return pixel % into.width >= to.width || Math.floor(pixel / into.width) >= to.height;
}

function normalised(value: number, channel: number, channels: number, preprocessing: ImagePreprocessing): number {
  if (preprocessing.normalisation === 'none') return value;
  const constants = constantsFor(preprocessing);
  if (!constants) return value / 255;
  const of = (each: readonly number[]) =>
    channels === 1 ? each.reduce((sum, one) => sum + one, 0) / each.length : each[channel]!;
  return (value / 255 - of(constants.mean)) / of(constants.deviation);
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
