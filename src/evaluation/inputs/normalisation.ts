/** What is taken from the values of images, and what they are divided by. */
import type { ImagePreprocessing } from '../protocol';

type Constants = NonNullable<ImagePreprocessing['constants']>;

const half = [0.5, 0.5, 0.5];
const centred: Constants = { mean: half, deviation: half };
/** Of torchvision's pretrained models, per channel of RGB in 0..1. */
const imagenet: Constants = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

/** By channel of values from 0 to 1; undefined where nothing is taken from them. */
export function constantsFor({ normalisation, constants }: ImagePreprocessing): Constants | undefined {
  if (normalisation === 'none' || normalisation === 'unit') return undefined;
  return normalisation === 'own' ? (constants ?? centred) : { imagenet, centred }[normalisation];
}
