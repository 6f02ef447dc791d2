/** Inputs that were dropped, before it is known which graph takes them. */
import { namesInWords } from '../lib/fileNames';
import { formatQuantity } from '../lib/numbers';
import type { GraphValue, InputSource } from './evaluation';
import { initialPreprocessing } from './imagePreprocessing';

export interface GivenInputs {
  readonly kind: 'arrays' | 'images';
  readonly files: readonly File[];
  /** Of each image, '' where there is none: a class of a labelled set. */
  readonly folders: readonly string[];
}

/** Arrays where there are some: images beside them are then something else. */
export function inputsGiven(
  arrays: readonly File[],
  images: readonly File[],
  folderOf: (file: File) => string,
): GivenInputs {
  if (arrays.length > 0) return { kind: 'arrays', files: arrays, folders: [] };
  return { kind: 'images', files: images, folders: images.map(folderOf) };
}

/**
 * @param inputs of the graph
 * @param before what was given last: images go on being read as they were
 */
export function sourceOf(
  { kind, files, folders }: GivenInputs,
  inputs: readonly GraphValue[],
  before: InputSource | null,
): InputSource {
  if (kind === 'arrays') return { kind, files };
  const preprocessing = before?.kind === 'images' ? before.preprocessing : initialPreprocessing(inputs);
  return { kind, files, folders, preprocessing };
}

/** `digits-test.npz`, `12 images` */
export function givenInWords({ kind, files }: GivenInputs): string {
  return kind === 'arrays' ? namesInWords(files.map(({ name }) => name)) : formatQuantity(files.length, 'image');
}
