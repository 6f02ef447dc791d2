/** Images decoded by the browser, in a worker. */
import { imagePlacement } from '../../lib/imagePlacement';
import { found } from '../../lib/known';
import type { DecodeImage } from '../inputs/images';

export const decodeImage: DecodeImage = async (file, width, height, resize) => {
  const image = await createImageBitmap(file);
  try {
    const canvas = new OffscreenCanvas(width, height);
    const context = found(canvas.getContext('2d', { willReadFrequently: true }), 'something to draw on');
    context.imageSmoothingQuality = 'high';
    const { from, to } = imagePlacement(image, { width, height }, resize);
    context.drawImage(image, from.left, from.top, from.width, from.height, to.left, to.top, to.width, to.height);
    return context.getImageData(0, 0, width, height).data;
  } finally {
    image.close();
  }
};
