/** Images decoded by the browser, in a worker. */
import { found } from '../../lib/known';
import type { DecodeImage } from '../inputs/images';

export const decodeImage: DecodeImage = async (file, width, height, resize) => {
  const image = await createImageBitmap(file);
  try {
    const canvas = new OffscreenCanvas(width, height);
    const context = found(canvas.getContext('2d', { willReadFrequently: true }), 'something to draw on');
    context.imageSmoothingQuality = 'high';
    // The part of the image that has the input's proportions, from its middle.
    const scale = Math.min(image.width / width, image.height / height);
    const cropped = { width: width * scale, height: height * scale };
    const part = resize === 'crop' ? cropped : { width: image.width, height: image.height };
    const left = (image.width - part.width) / 2;
    const top = (image.height - part.height) / 2;
    context.drawImage(image, left, top, part.width, part.height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  } finally {
    image.close();
  }
};
